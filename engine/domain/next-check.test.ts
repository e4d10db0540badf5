import { expect, test } from 'vitest';
import type { DomainFindings } from '@apployd/core/domain';
import { nextCheckAt } from './next-check.js';

const minute = 60_000;
const hour = 60 * minute;
const now = new Date('2027-01-01T00:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const answered: DomainFindings = {
  ...{
    proof: 'MISSING',
    proofs: [],
    leads: 'NOWHERE',
    caa: [],
    caaFrom: null,
    authorities: null,
    pausedUntil: null,
    port80: null,
    delegation: null,
    provable: null,
  },
  ...{ addresses: [], foreign: [] },
};

function waitOf(ageMs: number, recheckedMs: number | null, findings: DomainFindings = answered): number {
  const recheckedAt = recheckedMs === null ? null : ago(recheckedMs);
  const domain = { status: 'PENDING_DNS', problem: 'PROOF_MISSING', createdAt: ago(ageMs), recheckedAt } as const;
  return nextCheckAt(domain, findings, now, () => 0.5).getTime() - now.getTime();
}

test('a recheck brings the next looks nearer for an hour, and not the fast first hour back', () => {
  expect(waitOf(minute, null)).toBe(minute / 2);
  expect(waitOf(minute, 0)).toBe(minute / 2);
  expect(waitOf(8 * 24 * hour, 0)).toBe(5 * minute);
  expect(waitOf(8 * 24 * hour, hour)).toBe(12 * hour);
});

test.each<Partial<DomainFindings>>([{ proof: 'UNKNOWN' }, { leads: 'UNKNOWN' }, { caa: null }])(
  'name servers that do not answer are asked one step later from the first time on: %o',
  (silent) => {
    const findings = { ...answered, ...silent };
    expect(waitOf(minute, null, findings)).toBe(5 * minute);
    expect(waitOf(2 * hour, null, findings)).toBe(hour);
    expect(waitOf(8 * 24 * hour, null, findings)).toBe(12 * hour);
  },
);
