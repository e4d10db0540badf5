import { expect, test } from 'vitest';
import { domainProblemText, type DomainFindings } from './domain.js';

const findings: DomainFindings = {
  ...{
    proof: 'FOUND',
    proofs: [],
    leads: 'HERE_TOO',
    caa: null,
    caaFrom: null,
    authorities: null,
    pausedUntil: null,
    port80: null,
    delegation: null,
    provable: null,
  },
  ...{ addresses: ['192.0.2.1', '198.51.100.7'], foreign: ['198.51.100.7'] },
};
const textOf = (of: DomainFindings) =>
  domainProblemText('POINTS_ELSEWHERE_TOO', { name: 'example.com', hostname: 'shop.apps.test', findings: of });

test('of a name that leads here and elsewhere, what leads elsewhere alone is named as what is to go', () => {
  expect(textOf(findings)).toContain('198.51.100.7');
  expect(textOf(findings)).not.toContain('192.0.2.1');
});

test('no address is named as what is to go where nobody knows which is the platform’s own', () => {
  for (const address of findings.addresses) expect(textOf({ ...findings, foreign: null })).not.toContain(address);
});
