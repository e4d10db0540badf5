import { backoffMs } from '@apployd/core/backoff';
import type { Certificate } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

/** Four within the first hour, which is below what authorities allow for one host name. */
const [firstPauseMs, longestPauseMs] = [600_000, 6 * 3_600_000];

/**
 * Counts an attempt before anything of it happens: a crash in the middle of one costs the same pause as a failure. Null
 * when it is not due any more.
 */
export async function beginAttempt({ db, clock }: Engine, hostname: string): Promise<Certificate | null> {
  const now = clock.now();
  const row = await db.certificate.findFirst({ where: { hostname, nextAttemptAt: { lte: now } } });
  if (!row) return null;
  const attempts = row.attempts + 1;
  const { count } = await db.certificate.updateMany({
    where: { hostname, attempts: row.attempts, nextAttemptAt: { lte: now } },
    data: { attempts, nextAttemptAt: after(now, attempts) },
  });
  return count === 1 ? { ...row, attempts } : null;
}

/** When it is tried again. */
export function after(now: Date, attempts: number): Date {
  return new Date(now.getTime() + backoffMs(attempts, firstPauseMs, longestPauseMs));
}
