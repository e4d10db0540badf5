import type { Domain } from '@apployd/prisma/generated/client/client';

const minute = 60_000;
const hour = 60 * minute;

/** When a domain is looked at again: soon after somebody has set it up, later and later while nothing comes of it. */
export function nextCheckAt(
  { status, problem, createdAt, recheckedAt }: Pick<Domain, 'status' | 'problem' | 'createdAt' | 'recheckedAt'>,
  now: Date,
  random: () => number = Math.random,
): Date {
  const wait =
    status === 'ACTIVE' && problem === null ? hour : waitAfter(now.getTime() - (recheckedAt ?? createdAt).getTime());
  // Not all at once that were made at once.
  const held = status === 'PENDING_DNS' ? wait : Math.min(wait, hour);
  return new Date(now.getTime() + Math.round(held * (0.9 + 0.2 * random())));
}

function waitAfter(ageMs: number): number {
  if (ageMs < hour) return minute / 2;
  if (ageMs < 24 * hour) return 5 * minute;
  return ageMs < 7 * 24 * hour ? hour : 12 * hour;
}
