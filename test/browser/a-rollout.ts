import { latencyBucketOf, noLatencies } from '@apployd/core/latency';
import { newId } from '@apployd/core/id';
import { createDb } from '@apployd/prisma/create-db';
import type { Front } from './a-front.js';

/** What a release is to have answered: so many requests, so many of them errors, each within so many milliseconds. */
type Answered = { readonly requests: number; readonly errors: number; readonly ms: number };

/** Rollouts of one environment, without their edges: what has been answered is written down for them. */
export async function rolloutsAt({ platform }: Front, hostname: string) {
  const db = createDb({ url: platform.urls.database, connections: 1 });
  const { id: environmentId } = await db.environment.findUniqueOrThrow({ where: { hostname }, select: { id: true } });
  return {
    /** New releases come in one step of an hour from now on. */
    switchOn: () =>
      db.environment.update({
        where: { id: environmentId },
        data: { rollout: { enabled: true, steps: [{ percent: 5, minutes: 60 }] } },
      }),
    switchOff: () => db.environment.update({ where: { id: environmentId }, data: { rollout: {} } }),
    /** In the rollout that goes on, by an edge of which nobody else knows. */
    answered: async (sides: { readonly former: Answered; readonly newer: Answered }) => {
      const where = { environmentId, verdict: null };
      const { deploymentId } = await db.rollout.findFirstOrThrow({ where });
      const edgeId = newId();
      for (const [isNew, { requests, errors, ms }] of [[false, sides.former] as const, [true, sides.newer] as const]) {
        const latency = noLatencies();
        latency[latencyBucketOf(ms)] = requests;
        await db.rolloutSide.create({ data: { deploymentId, edgeId, isNew, errors: BigInt(errors), latency } });
      }
    },
    close: () => db.$disconnect(),
  };
}
