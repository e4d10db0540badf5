import { systemClock } from '@apployd/core/clock';
import { newId } from '@apployd/core/id';
import { certificateFailureReason, type CertificateFailureCode } from '@apployd/core/certificate';
import type { DomainStatus, Environment } from '@apployd/prisma/generated/client/client';
import { beforeEach, expect, test } from 'vitest';
import { CertificateFailure } from '../certificates/certificates.js';
import { anEnvironment } from '../testing/a-deployment.js';
import { certificateWork } from '../testing/certificate-work.js';
import { never, useEngine } from '../testing/use-engine.js';
import { dueCertificates } from './due.js';
import { keepCertificates } from './keep-certificates.js';
import { noteWanted } from './note-wanted.js';
import { pauseAfter } from './pause.js';

const house = useEngine();
const [hour, day] = [3_600_000, 86_400_000];
let now: Date;

beforeEach(async () => {
  now = new Date('2026-11-27T08:00:00Z');
  const { certificate, certificateOrders, route, domain, acmePause } = house.engine.db;
  await Promise.all([certificate.deleteMany(), route.deleteMany(), domain.deleteMany(), acmePause.deleteMany()]);
  await certificateOrders.deleteMany();
});

const pass = (ms: number) => (now = new Date(now.getTime() + ms));

function anEngine(work = certificateWork()) {
  const engine = { ...house.engine, clock: { ...systemClock, now: () => now }, certificates: work };
  return { engine, work, asked: work.authority.asked, run: () => keepCertificates(engine, never) };
}

async function routes(environment: Environment, hostnames: readonly string[]) {
  const { id: environmentId, organizationId } = environment;
  const one = { organizationId, environmentId, targets: ['127.0.0.1:1'], version: 1n };
  await house.engine.db.route.createMany({ data: hostnames.map((hostname) => ({ hostname, ...one })) });
}

const many = (count: number, tail: string) => Array.from({ length: count }, (_, i) => `n${i}.${tail}`);
const row = (hostname: string) => house.engine.db.certificate.findUniqueOrThrow({ where: { hostname } });
const fails = (code: CertificateFailureCode, words: string, notBefore?: Date) => async () =>
  Promise.reject(new CertificateFailure(code, words, { notBefore }));

async function domain(environment: Environment, name: string, status: DomainStatus) {
  const { id: environmentId, organizationId, projectId } = environment;
  const claim = { id: newId(), organizationId, projectId, environmentId, name, proof: 'proof' };
  return house.engine.db.domain.create({ data: { ...claim, status, verifiedAt: now } });
}

test('renewals are half of each run however many first orders there are, and organizations take turns', async () => {
  const { engine, work } = anEngine();
  const [greedy, modest] = [house.environment, await anEnvironment(house.engine)];
  await routes(greedy, many(30, 'greedy.test'));
  await noteWanted(engine, work);
  pass(1);
  await routes(modest, ['modest.test', ...many(3, 'renewed.test')]);
  await noteWanted(engine, work);
  const renewed = { where: { hostname: { endsWith: '.renewed.test' } }, data: { chain: 'a chain' } };
  await house.engine.db.certificate.updateMany(renewed);
  const due = await dueCertificates(engine, work, 8);
  expect(due.filter((hostname) => hostname.endsWith('.renewed.test'))).toHaveLength(3);
  expect(due).toEqual(expect.arrayContaining(['deploy.example.test', 'modest.test']));
});

test('names that wait for the budget of the week are told so once, and keep no others waiting', async () => {
  const { asked, run } = anEngine(certificateWork({ namesAWeek: 1 }));
  await routes(house.environment, ['first.apps.example.test']);
  await run();
  await routes(house.environment, many(30, 'apps.example.test'));
  for (const _ of [1, 2]) await run();
  const waiting = { failureCode: 'WEEKLY_BUDGET' as const };
  expect(await house.engine.db.certificate.count({ where: waiting })).toBe(30);
  pass(2 * hour);
  await routes(house.environment, many(20, 'own.test'));
  await run();
  expect(asked.filter((hostname) => hostname.endsWith('.own.test'))).toHaveLength(20);
  pass(7 * day);
  await run();
  expect(await house.engine.db.certificate.count({ where: waiting })).toBeLessThan(30);
});

test('nothing is ordered for a domain that does not lead here, until it does', async () => {
  const { asked, run } = anEngine();
  await routes(house.environment, ['own.test']);
  const { id } = await domain(house.environment, 'own.test', 'VERIFYING');
  await run();
  expect(asked).not.toContain('own.test');
  expect(await row('own.test')).toMatchObject({ status: 'PENDING', attempts: 0 });
  await house.engine.db.domain.update({ where: { id }, data: { status: 'ACTIVE' } });
  await run();
  expect(asked).toContain('own.test');
});

test('for one organization at most fifty orders a day are made that are none of its usual renewals; the others go on', async () => {
  const { work, asked, run } = anEngine();
  work.authority.answer = fails('UNREACHABLE', 'connection: refused');
  await routes(house.environment, many(55, 'own.test'));
  const runs = async (count: number) => {
    for (let i = 0; i < count; i += 1) await run();
  };
  await runs(4);
  const own = () => asked.filter((hostname) => hostname.endsWith('.own.test')).length;
  expect(own()).toBe(50);
  const waits = await house.engine.db.certificate.findFirstOrThrow({ where: { failureCode: 'ORGANIZATION_SHARE' } });
  expect(waits).toMatchObject({ attempts: 0, nextAttemptAt: new Date('2026-11-28T00:00:00Z') });
  expect(waits.failureReason).toBe(certificateFailureReason('ORGANIZATION_SHARE', waits.hostname));
  const other = await anEnvironment(house.engine);
  await routes(other, ['other.test']);
  await run();
  expect(asked).toContain('other.test');
  pass(day);
  await runs(1);
  expect(own()).toBeGreaterThan(50);
});

test.each(['AUTHORITY_UNREACHABLE', 'DNS_PROVIDER_FAILED', 'NOT_DELEGATED'] as const)(
  'what fails with %s before anything is ordered is not of the share of the day; what the authority took is',
  async (code) => {
    const { work, run } = anEngine();
    await routes(house.environment, many(3, 'own.test'));
    const ordered = async () => (await house.engine.db.certificateOrders.findFirst())?.orders;
    work.authority.answer = fails(code, 'nothing was ordered');
    await run();
    expect(await ordered()).toBe(0);
    work.authority.answer = async () => Promise.reject(new CertificateFailure(code, 'late', { wasOrdered: true }));
    pass(hour);
    await run();
    expect(await ordered()).toBe(3);
  },
);

test('after a refusal that is not for the name nothing is ordered by any engine until the authority allows it', async () => {
  const [one, other] = [anEngine(), anEngine()];
  const until = new Date(now.getTime() + 3 * hour);
  one.work.authority.answer = fails('RATE_LIMITED', 'rateLimited: too many new orders (300) from this account', until);
  await routes(house.environment, many(12, 'own.test'));
  await one.run();
  expect(one.asked.length).toBeLessThanOrEqual(4);
  expect(house.engine.said.join()).toContain('takes no orders for a while');
  await other.run();
  expect(other.asked).toEqual([]);
  pass(3 * hour);
  await other.run();
  expect(other.asked).toHaveLength(13);
});

test('of several such refusals the longest pause counts', async () => {
  const { engine, work } = anEngine();
  const refuse = async (notBefore: Date | null) => {
    const failure = new CertificateFailure('RATE_LIMITED', 'rateLimited: too many', { notBefore });
    await pauseAfter(engine, work, 'own.test', failure);
    return (await house.engine.db.acmePause.findFirst())?.until;
  };
  const [first, longest] = [new Date(now.getTime() + day), new Date(now.getTime() + 3 * day)];
  expect(await refuse(first)).toEqual(first);
  expect(await refuse(longest)).toEqual(longest);
  expect(await refuse(first)).toEqual(longest);
  expect(await refuse(null)).toEqual(longest);
});

test.each(['own.test', 'of domain "test.own.test"', 'the exact set of identifiers'])(
  'a refusal for %s keeps no other name waiting',
  async (words) => {
    const { work, asked, run } = anEngine();
    work.authority.answer = fails('RATE_LIMITED', `rateLimited: too many for ${words}`);
    await routes(house.environment, many(9, 'test.own.test'));
    await house.engine.db.certificate.create({ data: { hostname: 'deploy.example.test', nextAttemptAt: pass(1) } });
    pass(-1);
    await run();
    expect(asked).toHaveLength(9);
  },
);

test('an organization that had its share of first certificates of the week waits as long as others do, and is told', async () => {
  const { engine, work, run } = anEngine();
  const [greedy, modest] = [house.environment, await anEnvironment(house.engine)];
  const names = many(8, 'apps.example.test');
  const issued = () =>
    house.engine.db.certificate.count({ where: { hostname: { in: names }, firstIssuedAt: { not: null } } });
  await routes(greedy, names);
  await routes(modest, ['modest.apps.example.test']);
  await noteWanted(engine, work);
  const modestRow = { where: { hostname: 'modest.apps.example.test' } };
  // It is wanted, and its turn comes a moment later.
  await house.engine.db.certificate.update({ ...modestRow, data: { nextAttemptAt: new Date(now.getTime() + 1) } });
  await house.engine.db.certificate.updateMany({
    where: { hostname: { in: names.slice(0, 5) } },
    data: {
      ...{ firstIssuedAt: now, firstFor: greedy.organizationId, chain: 'a chain' },
      nextAttemptAt: new Date(now.getTime() + 30 * day),
    },
  });
  await run();
  expect(await issued()).toBe(5);
  expect(await row(names[7]!)).toMatchObject({ status: 'PENDING', failureCode: 'ORGANIZATION_SHARE', attempts: 0 });
  expect(await house.events()).toContain('certificate.failed');
  pass(1);
  await run();
  expect((await row('modest.apps.example.test')).firstFor).toBe(modest.organizationId);
  pass(hour);
  await run();
  expect(await issued()).toBe(8);
});
