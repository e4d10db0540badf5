import { bandwidthLimit } from '@apployd/core/bandwidth';
import { edgeSettings, usualEdgeSettings } from '@apployd/core/edge-settings';
import { redirects } from '@apployd/core/redirect';
import { routeRollout } from '@apployd/core/rollout';
import { z } from 'zod';
import { checkedFile } from './checked-file.js';
import type { VersionedRoute } from './route-store.js';

/** What an edge knew last, in a file: enough to serve from when nothing else is there. */
export type Snapshot = {
  /** Null when there is none. Throws when there is one that cannot be trusted. */
  load(): Promise<RouteState | null>;
  /** Replaces the file as a whole: a crash leaves the old one or the new one. */
  save(state: RouteState): Promise<void>;
};

export type RouteState = { readonly version: bigint; readonly routes: readonly VersionedRoute[] };

const version = z.string().regex(/^\d{1,19}$/);
const contents = z.object({
  version,
  routes: z.array(
    z.object({
      hostname: z.string(),
      environmentId: z.string(),
      deploymentId: z.string().nullable(),
      targets: z.array(z.string()),
      // Files of before say nothing of these.
      asleep: z.boolean().default(false),
      redirects: redirects.default([]),
      edge: edgeSettings.default(usualEdgeSettings),
      bandwidth: bandwidthLimit.nullable().default(null),
      rollout: routeRollout.nullable().default(null),
      version,
    }),
  ),
});
export function snapshotFile(location: string): Snapshot {
  const file = checkedFile(location);
  return {
    load: async () => {
      const text = await file.load();
      return text === null ? null : parse(text);
    },
    save: (state) => file.save(print(state)),
  };
}

const print = (state: RouteState): string =>
  JSON.stringify(state, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

function parse(text: string): RouteState {
  const state = contents.parse(JSON.parse(text));
  return {
    version: BigInt(state.version),
    routes: state.routes.map((route) => ({ ...route, version: BigInt(route.version) })),
  };
}
