import type { Clock } from '@apployd/core/clock';
import type { Db } from '@apployd/prisma/create-db';
import type { Challenges } from './certificates.js';

/** Longer than any order takes: what a crash leaves behind is forgotten then. */
const keptMs = 3_600_000;

/** Rows, which any edge reads when an authority asks it. */
export function tableChallenges({ db, clock }: { readonly db: Db; readonly clock: Clock }): Challenges {
  return {
    answer: async ({ token, ...rest }) => {
      const data = { ...rest, expiresAt: new Date(clock.now().getTime() + keptMs) };
      await db.acmeChallenge.upsert({ where: { token }, create: { token, ...data }, update: data });
    },
    withdraw: async (token) => {
      await db.acmeChallenge.deleteMany({ where: { token } });
    },
  };
}
