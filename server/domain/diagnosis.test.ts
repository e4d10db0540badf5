import { expect, test } from 'vitest';
import type { DomainFindings } from '@apployd/core/domain';
import { checkNames, diagnose, type Diagnosed } from './diagnosis.js';
import { recordsOf } from './records.js';

const well: DomainFindings = {
  ...{ proof: 'FOUND', proofs: ['proof'], leads: 'HERE', caa: [], delegation: null, provable: null },
  ...{ addresses: ['192.0.2.1'], foreign: [], caaFrom: null, authorities: ['ca.example'], pausedUntil: null },
  port80: [{ address: '192.0.2.1', answer: 'OURS' }],
};
const now = new Date('2026-11-28T10:00:00Z');
const domain = (findings: DomainFindings | null, more: Partial<Diagnosed> = {}): Diagnosed => {
  const own = { name: 'example.com', proof: 'proof', hostname: 'shop.apps.test', edgeAddresses: ['192.0.2.1'] };
  return {
    ...own,
    findings,
    records: recordsOf({ ...own, findings }),
    certificate: null,
    ...{ orders: 3, now },
    ...more,
  };
};
const results = (of: Diagnosed) => Object.fromEntries(diagnose(of).map(({ name, result }) => [name, result]));
const nextAttemptAt = new Date('2026-11-28T12:30:00Z');
const issued = { status: 'ISSUED', failureCode: null, attempts: 0, nextAttemptAt } as const;
const checkOf = (of: Diagnosed, wanted: string) => diagnose(of).find(({ name }) => name === wanted);

test('before the first check nothing is known, and of what is well everything passes', () => {
  expect(new Set(Object.values(results(domain(null))))).toEqual(new Set(['UNKNOWN']));
  expect(results(domain(well, { certificate: issued }))).toEqual(
    Object.fromEntries(checkNames.filter((name) => name !== 'DELEGATION').map((name) => [name, 'PASS'])),
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
  ['CAA records name the authority', { caa: ['CA.example; accounturi=x'] }, null, { CAA: 'PASS' }],
  ['CAA records name others', { caa: ['other.example'] }, null, { CAA: 'FAIL' }],
  [
    'CAA records name the authority for another way',
    { caa: ['ca.example;validationmethods=dns-01'] },
    null,
    { CAA: 'FAIL' },
  ],
  ['CAA records name nobody', { caa: [';'] }, null, { CAA: 'FAIL' }],
  ['the authority met other CAA records', { caa: ['ca.example'] }, 'CAA_FORBIDS', { CAA: 'WARN' }],
  ['the authority met CAA records that are gone', {}, 'CAA_FORBIDS', { CAA: 'WARN' }],
  ['who the authority is did not say', { caa: ['ca.example'], authorities: null }, null, { CAA: 'WARN' }],
  ['the platform orders none', { caa: ['ca.example'], authorities: [] }, null, { CAA: 'PASS', PORT_80: 'UNKNOWN' }],
  ['port 80 was not tried, and the authority was not let in', { port80: null }, 'UNREACHABLE', { PORT_80: 'FAIL' }],
  ['somebody else answered the authority', { port80: null }, 'WRONG_ANSWER', { PORT_80: 'FAIL' }],
  ['the authority alone is not let in', {}, 'UNREACHABLE', { PORT_80: 'WARN' }],
  ['port 80 is closed', { port80: [{ address: '192.0.2.1', answer: 'REFUSED' }] }, null, { PORT_80: 'FAIL' }],
  ['somebody else answers', { port80: [{ address: '192.0.2.1', answer: 'OTHER' }] }, null, { PORT_80: 'FAIL' }],
  ['it is sent on', { port80: [{ address: '192.0.2.1', answer: 'REDIRECT' }] }, null, { PORT_80: 'WARN' }],
  ['the authority takes no orders', { pausedUntil: '2026-11-28T11:00:00Z' }, null, { RATE_BUDGET: 'WARN' }],
  ['a pause of the authority is over', { pausedUntil: '2026-11-28T09:00:00Z' }, 'DNS_FAILED', { RATE_BUDGET: 'PASS' }],
  ['the authority has issued enough', {}, 'RATE_LIMITED', { RATE_BUDGET: 'WARN' }],
  ['the organization has had its share', {}, 'ORGANIZATION_SHARE', { RATE_BUDGET: 'WARN' }],
  [
    'nobody answers',
    { proof: 'UNKNOWN', leads: 'UNKNOWN', addresses: [], caa: null },
    null,
    { TXT: 'UNKNOWN', A: 'UNKNOWN', CAA: 'UNKNOWN', PROXY: 'UNKNOWN' },
  ],
] as const)('it is told when %s', (_, findings, failureCode, expected) => {
  const certificate = failureCode === null ? null : ({ ...issued, status: 'FAILED', failureCode } as const);
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

test('a CAA record that is missing comes where and as those are that count, and at the name itself where they are not theirs', () => {
  const recordWith = (name: string, caaFrom: DomainFindings['caaFrom']) => {
    const findings: DomainFindings = { ...well, caa: ['other.example'], caaFrom };
    return checkOf(domain(findings, { name }), 'CAA')?.record;
  };
  expect(recordWith('www.example.com', { at: 'example.com', tag: 'issue' })).toMatchObject({
    ...{ type: 'CAA', name: 'example.com', value: '0 issue "ca.example"', observed: ['other.example'], ok: false },
  });
  expect(recordWith('*.example.com', { at: 'example.com', tag: 'issuewild' })).toMatchObject({
    ...{ name: 'example.com', value: '0 issuewild "ca.example"' },
  });
  expect(recordWith('www.example.com', { at: 'com', tag: 'issue' })).toMatchObject({ name: 'www.example.com' });
});

test('of what leads elsewhere besides, the records that are to go are told', () => {
  const addresses = ['192.0.2.1', '198.51.100.7', '2001:db8::9'];
  const findings: DomainFindings = { ...well, leads: 'HERE_TOO', addresses, foreign: addresses.slice(1) };
  expect(checkOf(domain(findings), 'A')?.removals).toMatchObject([
    { type: 'A', name: 'example.com', value: '198.51.100.7' },
  ]);
  expect(checkOf(domain(findings), 'AAAA')?.removals).toMatchObject([{ type: 'AAAA', value: '2001:db8::9' }]);
  expect(checkOf(domain(well), 'A')?.removals).toEqual([]);
});

test('where something is wrong on port 80, it is told where, and which record leads here', () => {
  const port80 = [
    { address: '192.0.2.1', answer: 'OURS' },
    { address: '2001:db8::9', answer: 'SILENT' },
    { address: '10.0.0.7', answer: 'NOT_PUBLIC' },
  ] as const;
  const findings: DomainFindings = { ...well, port80: [...port80] };
  const check = checkOf(domain(findings), 'PORT_80');
  expect(check).toMatchObject({ result: 'FAIL', record: { type: 'A', value: '192.0.2.1' } });
  expect(check?.finding).toMatch(/nobody answers in time at 2001:db8::9; .*private network 10\.0\.0\.7/);
  // The authority was here: it may be the platform alone that cannot reach itself.
  expect(checkOf(domain(findings, { certificate: issued }), 'PORT_80')).toMatchObject({ result: 'WARN' });
});

test.each([
  [null, 0, 'The next order is made at 2026-11-28 12:30 UTC.'],
  ['RATE_LIMITED', 3, 'After 3 attempts that failed it is tried again at 2026-11-28 12:30 UTC.'],
  ['ORGANIZATION_SHARE', 0, 'It is tried again at 2026-11-28 12:30 UTC.'],
] as const)('when it is tried next is told, and what is used: %s', (failureCode, attempts, words) => {
  const check = checkOf(domain(well, { certificate: { ...issued, failureCode, attempts } }), 'RATE_BUDGET');
  expect(check?.finding).toContain(words);
  expect(check?.finding).toContain('has used 3 of its 50 orders of today');
});

test.each([
  [{ provable: null }, 'UNKNOWN', 'not looked at yet'],
  [{ provable: true }, 'PASS', 'at _acme-challenge.example.com.'],
  [{ provable: true, delegation: { to: 'x.apps.test', observed: 'x.apps.test' } }, 'PASS', 'at x.apps.test.'],
  [{ provable: false }, 'FAIL', 'no DNS provider'],
  [{ provable: false, delegation: { to: 'x.apps.test', observed: null } }, 'FAIL', 'leads to nothing'],
  [{ provable: false, delegation: { to: 'x.apps.test', observed: 'y.test' } }, 'FAIL', 'leads to y.test'],
] as const)('of a wildcard it is told how it is proven, instead of port 80: %o', (findings, result, words) => {
  const own = { name: '*.example.com', proof: 'proof', hostname: 'shop.apps.test', edgeAddresses: ['192.0.2.1'] };
  const all: DomainFindings = { ...well, ...findings };
  const records = recordsOf({ ...own, findings: all });
  const checks = diagnose({ ...own, findings: all, records, certificate: null, orders: 0, now });
  expect(checks.map(({ name }) => name)).not.toContain('PORT_80');
  const [check] = checks.filter(({ name }) => name === 'DELEGATION');
  expect(check).toMatchObject({ result, finding: expect.stringContaining(words) });
  const alias = all.delegation && { type: 'CNAME', name: '_acme-challenge.example.com', value: 'x.apps.test' };
  expect(records.slice(2)).toMatchObject(alias ? [{ ...alias, ok: all.delegation?.observed === 'x.apps.test' }] : []);
  expect(check?.record ?? null).toEqual(alias && !all.provable ? records[2] : null);
});
