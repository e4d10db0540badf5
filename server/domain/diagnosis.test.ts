import { expect, test } from 'vitest';
import type { DomainFindings } from '@apployd/core/domain';
import { checkNames, diagnose, type Diagnosed } from './diagnosis.js';
import { recordsOf } from './records.js';

const well: DomainFindings = {
  ...{ proof: 'FOUND', proofs: ['proof'], leads: 'HERE', caa: [] },
  ...{ addresses: ['192.0.2.1'], foreign: [] },
};
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
    { leads: 'HERE_TOO', addresses: ['192.0.2.1', '2001:db8::9'], foreign: ['2001:db8::9'] },
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

test('of addresses here and elsewhere, those that are not the platform’s own are to go, and none where that is not known', () => {
  const addresses = ['192.0.2.1', '192.0.2.2', '2001:DB8:0::1', '198.51.100.7'];
  const findingsOf = (foreign: readonly string[] | null) =>
    diagnose(domain({ ...well, leads: 'HERE_TOO', addresses, foreign: foreign && [...foreign] }))
      .filter(({ name }) => name === 'A' || name === 'AAAA')
      .map(({ result, finding }) => `${result} ${finding}`);
  expect(findingsOf(['198.51.100.7'])).toEqual([
    'FAIL It leads elsewhere too over IPv4. Remove its records with 198.51.100.7.',
    'PASS It leads here over IPv6: 2001:DB8:0::1.',
  ]);
  for (const finding of findingsOf(null)) expect(finding).toMatch(/^UNKNOWN (?!.*Remove)/);
});

test('what a record mends comes with it', () => {
  const checks = diagnose(domain({ ...well, proof: 'MISSING', leads: 'NOWHERE', addresses: [] }));
  const records = checks.flatMap(({ name, record }) => (record ? [`${name}: ${record.type} ${record.value}`] : []));
  expect(records).toEqual(['TXT: TXT proof', 'A: A 192.0.2.1']);
});
