import { withDeadline } from '@apployd/core/deadline';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { newId } from '@apployd/core/id';
import { backoffMs } from '@apployd/core/backoff';
import type { Clock } from '@apployd/core/clock';
import type { Events } from '@apployd/backplane/events/events';
import type { Logger } from '@apployd/backplane/log/logger';
import type { SecretBox } from '@apployd/backplane/secret-box/secret-box';
import { activity } from './activity.js';
import type { CertificateStore } from './certificate-store.js';
import { certificates } from './certificates.js';
import { checkedFile } from './checked-file.js';
import type { EdgeConfig } from './config.js';
import { firstCertificates, followCertificates } from './follow-certificates.js';
import { followRoutes } from './follow-routes.js';
import { keepSaved } from './keep-saved.js';
import type { RouteStore } from './route-store.js';
import type { Router } from './router/router.js';
import { reportSides } from './rollout/report-sides.js';
import type { SideStore } from './rollout/side-store.js';
import { routes, type Routes } from './routes.js';
import { snapshotFile, type Snapshot } from './snapshot.js';
import { countTraffic, openSpool } from './usage/count-traffic.js';
import { handOverAtTimes } from './usage/hand-over-at-times.js';
import { keepCounting } from './usage/keep-counting.js';
import { usageSpool } from './usage/spool.js';
import type { UsageStore } from './usage/usage-store.js';

/** What an edge is made of. */
export type EdgeParts = {
  readonly config: Pick<EdgeConfig, 'APPLOYD_DATA' | 'EDGE_NAME' | 'EDGE_PROBE_URL'>;
  readonly router: Router;
  readonly store: RouteStore;
  readonly usage: UsageStore;
  readonly sides: SideStore;
  readonly events: Events;
  readonly log: Logger;
  readonly onApplied?: (version: bigint) => void;
  readonly clock?: Clock;
  /** Where it serves over TLS. */
  readonly tls?: { readonly store: CertificateStore; readonly box: SecretBox };
};

const closeGraceMs = 5_000;
const firstLookMs = 2_000;

/** Serves once it knows where to: from the rows, or without a database from the snapshot. */
export async function startEdge(parts: EdgeParts, signal: AbortSignal) {
  const { config, router, store, events, log, clock } = parts;
  const snapshot = snapshotFile(path.join(config.APPLOYD_DATA, 'edge', 'routes.json'));
  const following = routes({ store, router, log });
  const hasSnapshot = await restore(following, snapshot, log);
  await firstLook(following, hasSnapshot, log, signal);
  const secured = parts.tls && { certificates: certificatesOf(parts, parts.tls), events, log };
  if (secured) await firstCertificates(secured, signal);
  const counting = countingOf(parts);
  await openSpool(counting);
  const { host, port, tlsPort } = await router.listen();
  if (tlsPort !== null) log.info({ tlsPort }, 'visitors are served over TLS');

  const keeper = keepSaved({ save: () => snapshot.save(following.state()), what: 'routes', log });
  const onApplied = (version: bigint) => {
    keeper.changed();
    parts.onApplied?.(version);
  };
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const edge = { id: newId(), name: config.EDGE_NAME, url: config.EDGE_PROBE_URL ?? url, startedAt: new Date() };
  const counted = countTraffic(counting);
  const handing = handOverAtTimes(counted.handOver, log);
  const active = activity(counted.look, store);
  const tellSides = reportSides(router, parts.sides, edge.id);
  const report = async () => {
    await active.report();
    // A rollout waits for its figures: nobody's way depends on them.
    await tellSides().catch((err: unknown) => log.warn({ err }, 'what releases have answered is written down later'));
    handing.sometimes();
  };
  const stop = new AbortController();
  const follow = { routes: following, store, events, log, edge, onApplied, report, clock };
  const followed = followRoutes(follow, stop.signal);
  const counts = keepCounting({ look: active.look, log, clock }, stop.signal);
  const followedToo = secured && followCertificates(secured, stop.signal);
  return {
    url,
    tlsPort,
    close: async () => {
      stop.abort();
      await Promise.all([
        followed.then(keeper.flush),
        counts,
        followedToo?.then(secured?.certificates.flush),
        router.close(closeGraceMs),
      ]);
      await counted.look().catch((err: unknown) => log.error({ err }, 'the last visitors are not counted yet'));
      await handing.now();
    },
  };
}

function countingOf({ config, router, usage, log }: EdgeParts) {
  const spool = usageSpool(checkedFile(path.join(config.APPLOYD_DATA, 'edge', 'usage.json')));
  return { router, spool, usage, edgeName: config.EDGE_NAME, log };
}

function certificatesOf({ config, router, log }: EdgeParts, tls: NonNullable<EdgeParts['tls']>) {
  const file = checkedFile(path.join(config.APPLOYD_DATA, 'edge', 'certificates.json'));
  return certificates({ ...tls, router, file, log });
}

async function restore(following: Routes, snapshot: Snapshot, log: Logger): Promise<boolean> {
  try {
    const state = await snapshot.load();
    if (state) await following.restore(state);
    return state !== null;
  } catch (error) {
    log.error({ err: error }, 'the snapshot of the routes is of no use and is ignored');
    return false;
  }
}

/** With a snapshot a database that is away may take its time; without one there is nothing to serve before it answers. */
async function firstLook(following: Routes, hasSnapshot: boolean, log: Logger, signal: AbortSignal): Promise<void> {
  const looked = lookUntilDone(following, log, hasSnapshot ? withDeadline(signal, firstLookMs) : signal);
  if (!hasSnapshot) return looked;
  await Promise.race([looked.catch(() => undefined), setTimeout(firstLookMs, undefined, { signal })]);
}

async function lookUntilDone(following: Routes, log: Logger, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await following.sweep();
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === 1) log.warn({ err: error }, 'the routes cannot be read yet');
      await setTimeout(backoffMs(attempt, 100, 5_000), undefined, { signal });
    }
  }
}
