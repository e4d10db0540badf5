import { isDeepStrictEqual } from 'node:util';
import { usualEdgeSettings } from '@apployd/core/edge-settings';
import type { RouteRollout } from '@apployd/core/rollout';
import type { Logger } from '@apployd/backplane/log/logger';
import { parseAddress } from './address.js';
import type { Router } from './router/router.js';
import type { RouteStore, VersionedRoute } from './route-store.js';
import type { RouteState } from './snapshot.js';

/** Keeps a router in step with the route rows. One step at a time: whoever asks for one while it runs waits for the same. */
export type Routes = {
  /** Serves what an earlier run knew. */
  restore(state: RouteState): Promise<void>;
  /** Applies what is new. Resolves with the version up to which everything is in force. */
  catchUp(): Promise<bigint>;
  /** Reads everything again: finds what was deleted, and heals what went wrong. */
  sweep(): Promise<bigint>;
  state(): RouteState;
};

const pageSize = 500;

export function routes(parts: { readonly store: RouteStore; readonly router: Router; readonly log: Logger }): Routes {
  const { store, router, log } = parts;
  const known = new Map<string, VersionedRoute>();
  let applied = 0n;
  let running: Promise<bigint> | null = null;

  const apply = async (rows: readonly VersionedRoute[]) => {
    await router.apply(rows.map((row) => ({ ...row, targets: usable(row, log), rollout: usableRollout(row, log) })));
    for (const row of rows) known.set(row.hostname, row);
  };

  const catchUp = async () => {
    for (;;) {
      const rows = await store.after(applied, pageSize);
      if (rows.length > 0) await apply(rows);
      applied = rows.at(-1)?.version ?? applied;
      if (rows.length < pageSize) return applied;
    }
  };

  const sweep = async () => {
    // Read first: what is newer than this is met again by the next catching up.
    const version = await store.newest();
    const gone = new Set(known.keys());
    for await (const rows of pages(store)) {
      for (const { hostname } of rows) gone.delete(hostname);
      const changed = rows.filter((row) => !isSame(row, known.get(row.hostname)));
      if (changed.length > 0) await apply(changed);
    }
    await router.forget([...gone]);
    for (const hostname of gone) known.delete(hostname);
    applied = version;
    return applied;
  };

  const once = (step: () => Promise<bigint>) => () => {
    running ??= step().finally(() => (running = null));
    return running;
  };

  return {
    restore: async (state) => {
      await apply(state.routes);
      applied = state.version;
    },
    catchUp: once(catchUp),
    sweep: once(sweep),
    state: () => ({ version: applied, routes: [...known.values()] }),
  };
}

async function* pages(store: RouteStore): AsyncGenerator<readonly VersionedRoute[]> {
  let last = '';
  for (;;) {
    const rows = await store.page(last, pageSize);
    yield rows;
    if (rows.length < pageSize) return;
    last = rows.at(-1)?.hostname ?? last;
  }
}

/** One bad row must not keep the others from being followed. */
function usable({ hostname, targets }: Pick<VersionedRoute, 'hostname' | 'targets'>, log: Logger): string[] {
  return targets.filter((target) => {
    try {
      parseAddress(target);
      return true;
    } catch (error) {
      log.error({ err: error, hostname }, 'a target of a route is left out');
      return false;
    }
  });
}

/** Without a target that is one there is none. */
function usableRollout({ hostname, rollout }: VersionedRoute, log: Logger): RouteRollout | null {
  if (!rollout) return null;
  const targets = usable({ hostname, targets: rollout.targets }, log);
  return targets.length > 0 ? { ...rollout, targets } : null;
}

/** All that a row says: what an older edge did not keep of it is followed anew, too. */
function isSame(a: VersionedRoute, b: VersionedRoute | undefined): boolean {
  return b !== undefined && isDeepStrictEqual(whole(a), whole(b));
}

const whole = (row: VersionedRoute) => ({
  ...row,
  asleep: row.asleep ?? false,
  edge: row.edge ?? usualEdgeSettings,
  bandwidth: row.bandwidth ?? null,
  rollout: row.rollout ?? null,
});
