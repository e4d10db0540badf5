import { expect, test } from 'vitest';
import type { DomainFindings } from '@apployd/core/domain';
import { checkNames, diagnose, type Diagnosed } from './diagnosis.js';
import { recordsOf } from './records.js';

const well: DomainFindings = { proof: 'FOUND', proofs: ['proof'], leads: 'HERE', addresses: ['192.0.2.1'], caa: [] };
const domain = (findings: DomainFindings | null, more: Partial<Diagnosed> = {}): Diagnosed => {
  const own = { name: 'example.com', proof: 'proof', hostname: 'shop.apps.test', edgeAddresses: ['192.0.2.1'] };
  return { ...own, findings, records: recordsOf({ ...own, findings }), certificate: null, ...more };
};
const results = (of: Diagnosed) => Object.fromEntries(diagnose(of).map(({ name, result }) => [name, result]));
const issued = { status: 'ISSUED', failureCode: null } as const;

test('before the first check nothing is known, and of what is well everything passes', () => {
  expect(new Set(Object.values(results(domain(null))))).toEqual(new Set(['UNKNOWN']));
  expect(results(domain(well, { certificate: issued }))).toEqual(
    Object.fromEntries(checkNames.map((name) => [name, 'PASS'])),
  );
});

test.each([
  ['its proof is missing', { proof: 'MISSING', proofs: [] }, null, { TXT: 'FAIL' }],
  ['it leads elsewhere', { leads: 'ELSEWHERE', addresses: ['198.51.100.7'] }, null, { A: 'FAIL', AAAA: 'PASS' }],
  ['it has no address', { leads: 'NOWHERE', addresses: [] }, null, { A: 'FAIL', AAAA: 'FAIL' }],
  [
    'an IPv6 address is left over',
    { leads: 'HERE_TOO', addresses: ['192.0.2.1', '2001:db8::9'] },
    null,
    { A: 'PASS', AAAA: 'FAIL' },
  ],
  ['a proxy stands before it', { leads: 'PROXY', addresses: ['104.16.0.1'] }, null, { A: 'PASS', PROXY: 'WARN' }],
  ['CAA records name somebody', { caa: ['ca.example'] }, null, { CAA: 'WARN' }],
  ['CAA records name others', { caa: ['ca.example'] }, 'CAA_FORBIDS', { CAA: 'FAIL' }],
  ['port 80 is closed', {}, 'UNREACHABLE', { PORT_80: 'FAIL' }],
  ['somebody else answers', {}, 'WRONG_ANSWER', { PORT_80: 'FAIL' }],
  ['the authority has issued enough', {}, 'RATE_LIMITED', { RATE_BUDGET: 'WARN' }],
  ['the organization has had its share', {}, 'ORGANIZATION_SHARE', { RATE_BUDGET: 'WARN' }],
  [
    'nobody answers',
    { proof: 'UNKNOWN', leads: 'UNKNOWN', addresses: [], caa: null },
    null,
    { TXT: 'UNKNOWN', A: 'UNKNOWN', CAA: 'UNKNOWN', PROXY: 'UNKNOWN' },
  ],
] as const)('it is told when %s', (_, findings, failureCode, expected) => {
  const certificate = failureCode === null ? null : ({ status: 'FAILED', failureCode } as const);
  const of = domain({ ...well, ...(findings as Partial<DomainFindings>) }, { certificate });
  expect(results(of)).toMatchObject(expected);
});

test('what a record mends comes with it', () => {
  const checks = diagnose(domain({ ...well, proof: 'MISSING', leads: 'NOWHERE', addresses: [] }));
  const records = checks.flatMap(({ name, record }) => (record ? [`${name}: ${record.type} ${record.value}`] : []));
  expect(records).toEqual(['TXT: TXT proof', 'A: A 192.0.2.1']);
});
