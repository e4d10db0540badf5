import { systemClock } from '@apployd/core/clock';
import type { CertificateFailureCode } from '@apployd/core/certificate';
import { retryCertificate } from '@apployd/prisma/retry-certificate';
import { beforeEach, expect, test } from 'vitest';
import { CertificateFailure } from '../certificates/certificates.js';
import { certificateWork } from '../testing/certificate-work.js';
import { never, useEngine } from '../testing/use-engine.js';
import { keepCertificates } from './keep-certificates.js';

const house = useEngine();
const hostname = 'own.test';
const hour = 3_600_000;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-11-27T08:00:00Z');
  const { certificate, route, acmePause } = house.engine.db;
  await Promise.all([certificate.deleteMany(), route.deleteMany(), acmePause.deleteMany()]);
  const { id: environmentId, organizationId } = house.environment;
  const leads = { organizationId, environmentId, targets: ['127.0.0.1:1'], version: 1n };
  await house.engine.db.route.create({ data: { hostname, ...leads } });
});

const later = (ms: number) => new Date(now.getTime() + ms);
const row = () => house.engine.db.certificate.findUniqueOrThrow({ where: { hostname } });
/** Somebody asks for a check of the name. */
const recheck = () => house.engine.db.$transaction((tx) => retryCertificate(tx, hostname, now));

function anEngine(work = certificateWork()) {
  const told: string[] = [];
  const events = { ...house.engine.events, publish: (topic: string, id: string) => void told.push(`${topic} ${id}`) };
  const engine = { ...house.engine, events, clock: { ...systemClock, now: () => now }, certificates: work };
  const { answer } = work.authority;
  /** What the authority says of this name from now on, and what happens meanwhile; it issues for the others. */
  const fail = (code: CertificateFailureCode, notBefore: Date | null, meanwhile = async () => {}) => {
    work.authority.answer = async (asked, signal) => {
      if (asked !== hostname) return answer(asked, signal);
      await meanwhile();
      throw new CertificateFailure(code, `${code} of ${hostname}`, { notBefore });
    };
  };
  const succeed = () => void (work.authority.answer = answer);
  const tries = () => work.authority.asked.filter((asked) => asked === hostname).length;
  return { told, fail, succeed, tries, run: () => keepCertificates(engine, never) };
}

test.each([
  ['CAA_FORBIDS', null],
  ['RATE_LIMITED', 2 * hour],
] as const)(
  'a check that is asked for during an order that fails with %s loses nothing of it',
  async (code, waitMs) => {
    const { fail, tries, run } = anEngine();
    const notBefore = waitMs === null ? null : later(waitMs);
    fail(code, notBefore, async () => void (await recheck()));
    await run();
    const { nextAttemptAt, ...noted } = await row();
    expect(noted).toMatchObject({ status: 'FAILED', failureCode: code, attempts: 1, retryAfter: notBefore });
    expect(nextAttemptAt >= (notBefore ?? later(hour / 12))).toBe(true);
    expect(await house.events()).toContain('certificate.failed');
    now = later(60_000);
    await run();
    expect(tries()).toBe(1);
  },
);

test('when the authority names a time nothing is ordered before, whatever failed and whoever asks for a check', async () => {
  const { fail, succeed, tries, run } = anEngine();
  const allowed = later(2 * hour);
  fail('AUTHORITY_FAILED', allowed);
  await run();
  await recheck();
  expect(await row()).toMatchObject({ attempts: 0, nextAttemptAt: allowed });
  now = later(hour);
  await run();
  expect(tries()).toBe(1);
  now = allowed;
  fail('UNREACHABLE', null);
  await run();
  await recheck();
  expect(await row()).toMatchObject({ attempts: 0, nextAttemptAt: now, retryAfter: null });
  succeed();
  await run();
  expect(await row()).toMatchObject({ status: 'ISSUED', retryAfter: null });
});

test('who follows the project is told that a certificate was issued, has failed, and waits', async () => {
  const { told, fail, succeed, run } = anEngine();
  const of = `event ${house.environment.projectId}`;
  const heard = async () => {
    await run();
    return told.splice(0).filter((each) => each === of).length;
  };
  fail('CAA_FORBIDS', null);
  expect(await heard()).toBe(1);
  now = later(hour);
  succeed();
  expect(await heard()).toBe(1);
  await house.engine.db.certificate.deleteMany({ where: { hostname } });
  await house.engine.db.certificateOrders.updateMany({ data: { orders: 50 } });
  expect(await heard()).toBe(1);
  expect(await row()).toMatchObject({ failureCode: 'ORGANIZATION_SHARE' });
});
