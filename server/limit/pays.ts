import { recentlySet } from '@apployd/backplane/limits/recently-set';
import type { Db } from '@apployd/prisma/create-db';
import type { Viewer } from '../access/viewer.js';

/** Who has just paid need not wait longer for what it buys. */
const usualMs = 60_000;

export type Pays = (viewer: Pick<Viewer, 'principalId' | 'sees'>) => Promise<boolean>;

/**
 * Whether the person, or the token, acts for an organization on a plan that has a price, and that is not suspended. Asked
 * before each operation, so the answer is remembered for a minute.
 */
export function pays(db: Db, rememberedMs = usualMs, now: () => number = Date.now): Pays {
  const remembered = recentlySet<{ readonly answer: Promise<boolean>; readonly until: number }>();
  return ({ principalId, sees }) => {
    const earlier = remembered.get(principalId);
    if (earlier && earlier.until > now()) return earlier.answer;
    const answer = isOnPaidPlan(db, sees);
    remembered.set(principalId, { answer, until: now() + rememberedMs });
    // A fault is for who asks now, and not for the minute to come.
    answer.catch(() => remembered.forget(principalId));
    return answer;
  };
}

async function isOnPaidPlan(db: Db, sees: Viewer['sees']): Promise<boolean> {
  const where = { ...sees.Organization, suspendedAt: null, plan: { priceCurrency: { not: null } } };
  return (await db.organization.findFirst({ where, select: { id: true } })) !== null;
}
