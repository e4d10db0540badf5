import type { DomainFindings } from '@apployd/core/domain';
import type { Domain } from '@apployd/prisma/generated/client/client';

const minute = 60_000;
const hour = 60 * minute;
const steps = [minute / 2, 5 * minute, hour, 12 * hour] as const;

type Checked = Pick<Domain, 'status' | 'problem' | 'createdAt' | 'recheckedAt'>;

/**
 * When a domain is looked at again: soon after somebody has set it up, later and later while nothing comes of it, one step
 * later where name servers do not answer, since waiting for those keeps others waiting.
 */
export function nextCheckAt(
  domain: Checked,
  findings: DomainFindings,
  now: Date,
  random: () => number = Math.random,
): Date {
  const { status, problem } = domain;
  const wait = status === 'ACTIVE' && problem === null ? hour : waitOf(domain, findings, now);
  // Not all at once that were made at once.
  const held = status === 'PENDING_DNS' ? wait : Math.min(wait, hour);
  return new Date(now.getTime() + Math.round(held * (0.9 + 0.2 * random())));
}

/** When a look that comes to no end is tried again: with pauses that grow with the time since one did, up to an hour. */
export function nextTryAt({ checkedAt, createdAt }: Pick<Domain, 'checkedAt' | 'createdAt'>, now: Date): Date {
  const sinceMs = now.getTime() - (checkedAt ?? createdAt).getTime();
  return new Date(now.getTime() + Math.min(Math.max(sinceMs / 2, minute / 2), hour));
}

/** The fast first hour is had once: a recheck looks at once, and gives an hour of the second step. */
function waitOf({ createdAt, recheckedAt }: Checked, findings: DomainFindings, now: Date): number {
  const isRechecked = recheckedAt !== null && now.getTime() - recheckedAt.getTime() < hour;
  const byAge = stepAt(now.getTime() - createdAt.getTime());
  const step = isRechecked ? Math.min(byAge, 1) : byAge;
  return steps[isSilent(findings) ? step + 1 : step] ?? 12 * hour;
}

function isSilent({ proof, leads, caa }: DomainFindings): boolean {
  return proof === 'UNKNOWN' || leads === 'UNKNOWN' || caa === null;
}

function stepAt(ageMs: number): number {
  if (ageMs < hour) return 0;
  if (ageMs < 24 * hour) return 1;
  return ageMs < 7 * 24 * hour ? 2 : 3;
}
