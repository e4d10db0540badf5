import { astrayForMs, keptForMs, type DomainFindings, type DomainProblem } from '@apployd/core/domain';
import type { Domain } from '@apployd/prisma/generated/client/client';

export type Standing = Pick<Domain, 'status' | 'activeAt' | 'astrayAt' | 'lostAt'> & {
  readonly problem: DomainProblem | null;
};

/** How a claim stands that is not proven, or that another one is ahead of. */
export function judgeClaim({ proof, proofs }: DomainFindings, isHeldByAnother: boolean): Standing {
  const unproven = { status: 'PENDING_DNS', activeAt: null, astrayAt: null, lostAt: null } as const;
  if (proof === 'UNKNOWN') return { ...unproven, problem: 'DNS_SILENT' };
  if (proof === 'FOUND') return { ...unproven, problem: isHeldByAnother ? 'HELD_BY_ANOTHER' : null };
  return { ...unproven, problem: proofs.length > 0 ? 'PROOF_OTHER' : 'PROOF_MISSING' };
}

/** How a name stands that this claim holds. What nobody answers for stays as it was. */
export function judgeHeld(held: Omit<Standing, 'problem'>, { proof, leads }: DomainFindings, now: Date): Standing {
  const { activeAt, astrayAt, lostAt } = held;
  const status = activeAt === null ? 'VERIFYING' : held.status;
  if (leads === 'UNKNOWN') return { status, activeAt, astrayAt, lostAt, problem: 'DNS_SILENT' };
  if (leads === 'PLATFORM_UNKNOWN') return { status, activeAt, astrayAt, lostAt, problem: 'PLATFORM_UNKNOWN' };
  if (leads !== 'ELSEWHERE' && leads !== 'NOWHERE') {
    return { status: 'ACTIVE', activeAt: activeAt ?? now, astrayAt: null, lostAt: null, problem: besides[leads] };
  }
  const since = astrayAt ?? now;
  const lostSince = proof === 'FOUND' ? null : proof === 'MISSING' ? (lostAt ?? now) : lostAt;
  const isLong = activeAt !== null && now.getTime() - since.getTime() >= astrayForMs;
  const problem = lostSince ? 'PROOF_LOST' : leads === 'NOWHERE' ? 'NO_ADDRESS' : 'POINTS_ELSEWHERE';
  return { status: isLong ? 'MISCONFIGURED' : status, activeAt, astrayAt: since, lostAt: lostSince, problem };
}

const besides = { HERE: null, HERE_TOO: 'POINTS_ELSEWHERE_TOO', PROXY: 'BEHIND_PROXY' } as const;

/** Whether somebody else who proves the name may have it: without proof, and leading elsewhere, for long and lately too. */
export function isGivenUp({ lostAt, checkedAt }: Pick<Domain, 'lostAt' | 'checkedAt'>, now: Date): boolean {
  const age = (at: Date) => now.getTime() - at.getTime();
  return lostAt !== null && checkedAt !== null && age(lostAt) >= keptForMs && age(checkedAt) < latelyMs;
}

/** Holders are looked at every hour. */
const latelyMs = 2 * 60 * 60_000;
