import { backoffMs } from '@apployd/core/backoff';
import type { Certificate } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { waitsForBudget } from './budget.js';
import type { CertificateWork } from './certificate-work.js';
import { countOrder, type CountedOrder, type Turn } from './daily-orders.js';

/** Four within the first hour, which is below what authorities allow for one host name. */
const [firstPauseMs, longestPauseMs] = [600_000, 6 * 3_600_000];

/** A host name's row, and what was counted for its organization. */
export type Attempt = { readonly row: Certificate; readonly counted: CountedOrder | null };

/**
 * Counts an attempt before anything of it happens: a crash in the middle of one costs the same pause as a failure. Null
 * when it is not due any more, or has to wait so that others get their share.
 */
export async function beginAttempt(engine: Engine, work: CertificateWork, hostname: string): Promise<Attempt | null> {
  const { db, clock } = engine;
  const now = clock.now();
  const row = await db.certificate.findFirst({ where: { hostname, nextAttemptAt: { lte: now } } });
  if (!row) return null;
  const counted = await turnOf(engine, work, row);
  if (counted === 'WAITS') return null;
  const attempts = row.attempts + 1;
  const { count } = await db.certificate.updateMany({
    where: { hostname, attempts: row.attempts, nextAttemptAt: { lte: now } },
    data: { attempts, nextAttemptAt: after(now, attempts) },
  });
  return count === 1 ? { row: { ...row, attempts }, counted } : null;
}

/** The platform's own names wait for nobody. */
async function turnOf(engine: Engine, work: CertificateWork, row: Certificate): Promise<Turn> {
  const { hostname } = row;
  const route = await engine.db.route.findUnique({ where: { hostname }, select: { organizationId: true } });
  if (!route) return null;
  const { organizationId } = route;
  if (await waitsForBudget(engine, work, row, organizationId)) return 'WAITS';
  return countOrder(engine, row, organizationId);
}

/** When it is tried again. */
export function after(now: Date, attempts: number): Date {
  return new Date(now.getTime() + backoffMs(attempts, firstPauseMs, longestPauseMs));
}
