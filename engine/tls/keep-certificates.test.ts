import { certificateKeyContext } from '@apployd/core/certificate';
import { systemClock } from '@apployd/core/clock';
import { makeCertificate } from '@apployd/backplane/certificate/make-certificate';
import { until } from '@apployd/backplane/testing/until';
import { beforeEach, expect, test } from 'vitest';
import { CertificateFailure } from '../certificates/certificates.js';
import { certificateWork } from '../testing/certificate-work.js';
import { never, useEngine } from '../testing/use-engine.js';
import { keepCertificates } from './keep-certificates.js';
import { readCertificate } from './read-certificate.js';

const house = useEngine();
const shop = 'shop.apps.example.test';
let now: Date;

beforeEach(async () => {
  now = new Date();
  await house.engine.db.certificate.deleteMany();
  await house.engine.db.route.deleteMany();
  await house.engine.db.acmePause.deleteMany();
});

const pass = (ms: number) => (now = new Date(now.getTime() + ms));
const [minute, day] = [60_000, 86_400_000];

/** An engine with an authority; several in a test are several engines on one database. */
function anEngine(work = certificateWork()) {
  const clock = { ...systemClock, now: () => now, sleep: async () => {} };
  const engine = { ...house.engine, clock, certificates: work };
  return { work, engine, authority: work.authority, run: () => keepCertificates(engine, never) };
}

async function aRoute(hostname: string, targets = ['127.0.0.1:1']) {
  const { id: environmentId, organizationId } = house.environment;
  await house.engine.db.route.create({ data: { hostname, organizationId, environmentId, targets, version: 1n } });
}

const row = (hostname = shop) => house.engine.db.certificate.findUniqueOrThrow({ where: { hostname } });

test("the platform's own host name and what leads somewhere get certificates, sealed each to its name; nothing else does", async () => {
  const { authority, work, run } = anEngine();
  await aRoute(shop);
  await aRoute('gone.apps.example.test', []);
  await aRoute('shop.localhost');
  await run();
  expect([...authority.asked].sort()).toEqual(['deploy.example.test', shop]);
  const { status, chain, sealedKey, version, notAfter, renewAfter, nextAttemptAt, attempts } = await row();
  expect({ status, attempts }).toEqual({ status: 'ISSUED', attempts: 0 });
  const key = work.box.open(sealedKey!, certificateKeyContext(shop));
  expect(readCertificate(shop, { chain: chain!, key }).notAfter).toEqual(notAfter);
  expect(() => work.box.open(sealedKey!, certificateKeyContext('deploy.example.test'))).toThrow('moved');
  expect(nextAttemptAt).toEqual(renewAfter);
  expect(version).toBeGreaterThan(0n);
  expect(await house.events()).toContain('certificate.issued');
  await run();
  expect(authority.asked).toHaveLength(2);
});

test('one certificate for all is ordered where DNS can prove it, and none for a name that it serves', async () => {
  const { authority, run } = anEngine(certificateWork({ hasWildcard: true }));
  for (const hostname of [shop, 'a.b.apps.example.test', 'shop.test']) await aRoute(hostname);
  await run();
  expect([...authority.asked].sort()).toEqual([
    '*.apps.example.test',
    'a.b.apps.example.test',
    'deploy.example.test',
    'shop.test',
  ]);
});

test('a certificate is renewed after two thirds of its life, and each a little earlier than that', async () => {
  const { authority, run } = anEngine();
  await aRoute(shop);
  await run();
  const first = await row();
  pass(55 * day);
  await run();
  expect(await row()).toEqual(first);
  authority.answer = (hostname) =>
    makeCertificate({ names: [hostname], validMs: 90 * day, notBefore: new Date(now.getTime() - minute) });
  pass(6 * day);
  await run();
  const second = await row();
  expect(second.notAfter!.getTime()).toBeGreaterThan(first.notAfter!.getTime());
  expect(second.version).toBeGreaterThan(first.version);
  const issued = await makeCertificate({ names: [shop], validMs: 90 * day, notBefore: new Date(0) });
  const dayOf = (random: number) => readCertificate(shop, issued, () => random).renewAfter.getTime() / day;
  expect([dayOf(0), dayOf(1)]).toEqual([60, 55.5]);
});

test('a failed renewal says why, alerts, is tried again, and takes nothing away that serves', async () => {
  const { authority, work, run } = anEngine();
  await aRoute(shop);
  await run();
  const { chain, sealedKey, version } = await row();
  authority.answer = async () => {
    throw new CertificateFailure('CAA_FORBIDS', 'caa: no');
  };
  pass(61 * day);
  await run();
  expect(await row()).toMatchObject({ status: 'ISSUED', failureCode: 'CAA_FORBIDS', chain, sealedKey, version });
  expect((await row()).failureReason).toContain('CAA record of shop.apps.example.test');
  expect(house.engine.said.join()).toContain('a certificate was not issued');
  expect(Object.fromEntries(work.outcomes.counts)).toEqual({ ISSUED: 2, CAA_FORBIDS: 2 });
  pass(40 * day);
  await run();
  expect(await row()).toMatchObject({ status: 'FAILED', chain });
  expect((await house.events()).filter((type) => type === 'certificate.failed')).toHaveLength(1);
});

test('a host name is tried at most five times within an hour, and less often the longer it fails', async () => {
  const { authority, run } = anEngine();
  authority.answer = async () => {
    throw new CertificateFailure('DNS_FAILED', 'dns: no such name');
  };
  await aRoute(shop);
  const tries = () => authority.asked.filter((hostname) => hostname === shop).length;
  for (let i = 0; i < 60; i += 1, pass(minute)) await run();
  expect(tries()).toBeGreaterThan(2);
  expect(tries()).toBeLessThanOrEqual(5);
  const after = tries();
  for (let i = 0; i < 24; i += 1, pass(60 * minute)) await run();
  expect(tries() - after).toBeLessThanOrEqual(10);
  expect(await row()).toMatchObject({ status: 'FAILED', failureCode: 'DNS_FAILED' });
});

test('an authority that asks for patience is not asked before', async () => {
  const { authority, run } = anEngine();
  const notBefore = new Date(now.getTime() + 2 * day);
  authority.answer = async () => {
    throw new CertificateFailure('RATE_LIMITED', 'rateLimited: too many', { notBefore });
  };
  await aRoute(shop);
  await run();
  expect(await row()).toMatchObject({ failureCode: 'RATE_LIMITED', nextAttemptAt: notBefore });
});

test('what is issued for another name, or does not fit its key, is not put in service', async () => {
  const { authority, run } = anEngine();
  await aRoute(shop);
  authority.answer = async () => makeCertificate({ names: ['other.test'] });
  await run();
  expect(await row()).toMatchObject({ status: 'FAILED', failureCode: 'AUTHORITY_FAILED', chain: null });
  const [{ chain }, { key }] = [await makeCertificate({ names: [shop] }), await makeCertificate({ names: [shop] })];
  authority.answer = async () => ({ chain, key });
  pass(60 * minute);
  await run();
  expect(await row()).toMatchObject({ status: 'FAILED', chain: null });
});

test('one that is issued while the database is away for a moment is kept once it is back, and nothing is ordered twice', async () => {
  const { authority, engine, run } = anEngine();
  await aRoute(shop);
  let failures = 0;
  const { db } = house.engine;
  const away = new Proxy(db, {
    get: (_, name) => {
      const isAway = name === '$transaction' && failures < 3;
      if (!isAway) return Reflect.get(db, name) as unknown;
      return async () => {
        failures += 1;
        throw new Error('The database is away.');
      };
    },
  });
  engine.db = away;
  await run();
  expect(failures).toBe(3);
  expect(await row()).toMatchObject({ status: 'ISSUED' });
  expect(authority.asked.filter((hostname) => hostname === shop)).toHaveLength(1);
});

test('a host name that cannot be seen to keeps the others from nothing', async () => {
  const { engine, run } = anEngine();
  const names = Array.from({ length: 6 }, (_, i) => `n${i}.example.org`);
  for (const name of names) await aRoute(name);
  const { leases } = house.engine;
  engine.leases = {
    ...leases,
    hold: async (key, ...rest) => {
      if (key === `certificate:${names[0]}`) throw new Error('The database is away.');
      return leases.hold(key, ...rest);
    },
  };
  await run();
  expect(await row(names[0])).toMatchObject({ status: 'PENDING' });
  for (const name of names.slice(1)) expect(await row(name)).toMatchObject({ status: 'ISSUED' });
});

test('two engines never order the same certificate at the same time, and one that dies costs an attempt', async () => {
  const [one, other] = [anEngine(), anEngine()];
  await aRoute(shop);
  let isAsked = false;
  one.authority.answer = (hostname) => {
    isAsked ||= hostname === shop;
    return new Promise(() => undefined);
  };
  void one.run();
  await until(() => isAsked);
  await other.run();
  expect(other.authority.asked).not.toContain(shop);
  await house.engine.db.lease.deleteMany({ where: { key: { startsWith: 'certificate:' } } });
  await other.run();
  expect(other.authority.asked).not.toContain(shop);
  pass(60 * minute);
  await other.run();
  expect(await row()).toMatchObject({ status: 'ISSUED' });
});

test('more first certificates a week than the authority issues for one domain are not ordered; they wait', async () => {
  const { authority, run } = anEngine(certificateWork({ namesAWeek: 1 }));
  await aRoute('one.apps.example.test');
  await run();
  await aRoute(shop);
  await aRoute('own.example.org');
  await run();
  expect(authority.asked).not.toContain(shop);
  expect(authority.asked).toContain('own.example.org');
  expect(await row()).toMatchObject({ status: 'PENDING', failureCode: 'WEEKLY_BUDGET', attempts: 0 });
  pass(8 * day);
  await run();
  expect(await row()).toMatchObject({ status: 'ISSUED', failureCode: null });
});

test('a certificate whose host name leads nowhere is not renewed, and forgotten once it is expired', async () => {
  const { authority, run } = anEngine();
  await aRoute(shop);
  await run();
  await house.engine.db.route.deleteMany();
  pass(70 * day);
  await run();
  expect(authority.asked.filter((hostname) => hostname === shop)).toHaveLength(1);
  expect(await row()).toMatchObject({ status: 'ISSUED' });
  pass(30 * day);
  await run();
  expect(await house.engine.db.certificate.findUnique({ where: { hostname: shop } })).toBeNull();
});
