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
export function judgeHeld(held: Omit<Standing, 'problem'>, findings: DomainFindings, now: Date): Standing {
  const { activeAt, astrayAt } = held;
  const lostAt = lostSince(held.lostAt, findings.proof, now);
  const status = activeAt === null ? 'VERIFYING' : held.status;
  const { leads } = findings;
  if (leads === 'UNKNOWN') return { status, activeAt, astrayAt, lostAt, problem: 'DNS_SILENT' };
  if (leads === 'PLATFORM_UNKNOWN') return { status, activeAt, astrayAt, lostAt, problem: 'PLATFORM_UNKNOWN' };
  const problem = lostAt ? 'PROOF_LOST' : besides[leads];
  if (leads !== 'ELSEWHERE' && leads !== 'NOWHERE') {
    return { status: 'ACTIVE', activeAt: activeAt ?? now, astrayAt: null, lostAt, problem };
  }
  const since = astrayAt ?? now;
  const isLong = activeAt !== null && now.getTime() - since.getTime() >= astrayForMs;
  return { status: isLong ? 'MISCONFIGURED' : status, activeAt, astrayAt: since, lostAt, problem };
}

/** Wherever the name leads: whoever it belongs to by now may lead it here, and only a proof says whom it belongs to. */
function lostSince(lostAt: Date | null, proof: DomainFindings['proof'], now: Date): Date | null {
  if (proof === 'UNKNOWN') return lostAt;
  return proof === 'FOUND' ? null : (lostAt ?? now);
}

const besides = {
  HERE: null,
  HERE_TOO: 'POINTS_ELSEWHERE_TOO',
  PROXY: 'BEHIND_PROXY',
  NOWHERE: 'NO_ADDRESS',
  ELSEWHERE: 'POINTS_ELSEWHERE',
} as const;

/** Whether somebody else who proves the name may have it: its proof has been gone for long, and was when it was looked for lately. */
export function isGivenUp({ lostAt, checkedAt }: Pick<Domain, 'lostAt' | 'checkedAt'>, now: Date): boolean {
  const age = (at: Date) => now.getTime() - at.getTime();
  return lostAt !== null && checkedAt !== null && age(lostAt) >= keptForMs && age(checkedAt) < latelyMs;
}

/** Holders are looked at every hour. */
const latelyMs = 2 * 60 * 60_000;
