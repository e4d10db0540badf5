import type { Logger } from '@apployd/backplane/log/logger';
import type { Router, TrafficSample } from '../router/router.js';
import type { Spool } from './spool.js';
import type { Bundle, UsageStore } from './usage-store.js';

/** Counts what passes for whom, so that an edge that is killed at any moment loses nothing that it has seen and counts nothing twice. */
export type CountTraffic = {
  /** What passed since the last call. By then it is in the spool, or in memory while the disk takes nothing. */
  look(): Promise<readonly TrafficSample[]>;
  /** Brings what is in the spool to where usage is kept for all. */
  handOver(): Promise<void>;
};

export type CountTrafficParts = {
  readonly router: Pick<Router, 'traffic'>;
  readonly spool: Spool;
  readonly usage: UsageStore;
  readonly edgeName: string;
  readonly log: Logger;
};

export function countTraffic({ router, spool, usage, edgeName, log }: CountTrafficParts): CountTraffic {
  let looking: Promise<unknown> = Promise.resolve();
  const look = async () => {
    const { samples, mark } = await router.traffic(spool.mark(), spool.saved());
    spool.add(samples.filter(hasBytes), mark);
    await spool.save().catch((err: unknown) => log.error({ err }, 'the spool of the usage cannot be written'));
    return samples;
  };
  const beginAnew = async ({ spoolId, sequence }: Bundle) => {
    const givenUp = spool.renew();
    log.error(
      { spoolId, sequence, ...givenUp },
      'another edge counts with a copy of this usage.json, or it is an old copy: what is in it is not counted',
    );
    await spool.save();
  };
  return {
    // One after the other: two that begin at the same mark would count the same twice.
    look: () => {
      const looked = looking.then(look);
      looking = looked.catch(() => undefined);
      return looked;
    },
    handOver: async () => {
      for (let bundle = spool.bundle(); bundle; bundle = spool.bundle()) {
        await spool.save();
        if (await usage.add(edgeName, bundle)) spool.handed();
        else await beginAnew(bundle);
      }
    },
  };
}

/** Goes on with the spool that is there. Without one it is not known what was counted already: it begins with what comes. */
export async function openSpool({ router, spool, log }: CountTrafficParts): Promise<void> {
  const isThere = await spool.open().catch((error: unknown) => {
    log.error({ err: error }, 'the spool of the usage is of no use: what was in it is not counted');
    return false;
  });
  if (isThere) return;
  for (let round = 0; round < mostRounds; round += 1) {
    const { samples, mark } = await router.traffic(spool.mark());
    spool.add([], mark);
    if (samples.length === 0) break;
  }
  await spool.save();
}

const mostRounds = 100;

const hasBytes = ({ bytesIn, bytesOut }: TrafficSample) => bytesIn + bytesOut > 0;
