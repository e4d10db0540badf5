import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { redirects } from '@apployd/core/redirect';
import { z } from 'zod';
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
      // Files of before have none.
      redirects: redirects.default([]),
      version,
    }),
  ),
});
const file = z.object({ checksum: z.string(), contents: z.string() });

export function snapshotFile(location: string): Snapshot {
  return {
    load: async () => {
      const text = await readFile(location, 'utf8').catch(absent);
      return text === null ? null : parse(text);
    },
    save: async (state) => {
      await mkdir(path.dirname(location), { recursive: true });
      const next = `${location}.next`;
      const handle = await open(next, 'w', 0o600);
      try {
        await handle.writeFile(print(state));
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(next, location);
    },
  };
}

function print(state: RouteState): string {
  const text = JSON.stringify(state, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return JSON.stringify({ checksum: checksum(text), contents: text });
}

function parse(text: string): RouteState {
  const outer = file.parse(JSON.parse(text));
  if (outer.checksum !== checksum(outer.contents)) throw new Error('The checksum does not fit.');
  const state = contents.parse(JSON.parse(outer.contents));
  return {
    version: BigInt(state.version),
    routes: state.routes.map((route) => ({ ...route, version: BigInt(route.version) })),
  };
}

const checksum = (text: string) => createHash('sha256').update(text).digest('hex');

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
