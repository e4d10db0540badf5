import { beforeEach, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { mailContext, type Mail } from '@apployd/core/mail';
import { certificateWork } from '../testing/certificate-work.js';
import { never, useEngine } from '../testing/use-engine.js';
import { soonestExpiry } from './soonest-expiry.js';
import { warnOfExpiry } from './warn-of-expiry.js';

const house = useEngine();
const hostname = 'shop.example.test';
const day = 86_400_000;
const notAfter = new Date('2027-02-01T00:00:00Z');
let now: Date;

beforeEach(async () => {
  now = new Date(notAfter.getTime() - 29 * day);
  const { certificate, domain, route, mail, user } = house.engine.db;
  await Promise.all([certificate.deleteMany(), domain.deleteMany(), mail.deleteMany()]);
  await route.deleteMany();
  await user.updateMany({ data: { isOperator: false } });
});

const engine = () => {
  const clock = { ...house.engine.clock, now: () => now };
  return { ...house.engine, clock, certificates: certificateWork() };
};
const run = () => warnOfExpiry(engine(), never);

async function aPerson(role: 'OWNER' | 'DEVELOPER' | 'VIEWER' | null): Promise<string> {
  const { db } = house.engine;
  const id = newId();
  const email = `${id}@example.com`;
  await db.user.create({ data: { id, name: 'Ada', email, isOperator: role === null } });
  const { organizationId } = house.environment;
  if (role) await db.membership.create({ data: { organizationId, userId: id, role } });
  return email;
}

/** A name with a certificate whose renewal was due a moment ago. */
async function serves(name: string, failureCode: string | null = 'UNREACHABLE') {
  const { db } = house.engine;
  const { organizationId, id: environmentId } = house.environment;
  await db.route.create({
    data: { hostname: name, organizationId, environmentId, targets: ['127.0.0.1:1'], version: 1n },
  });
  const failed = { failureCode, failureReason: failureCode && `It is ${failureCode}.` };
  const data = { hostname: name, status: 'ISSUED', chain: 'chain', notAfter, renewAfter: now, ...failed } as const;
  await db.certificate.create({ data });
}

async function aDomain(): Promise<void> {
  const { organizationId, projectId, id: environmentId } = house.environment;
  const own = { organizationId, projectId, environmentId, proof: 'proof', verifiedAt: now };
  await house.engine.db.domain.create({ data: { id: newId(), name: hostname, ...own } });
}

async function mails(): Promise<readonly Mail[]> {
  const { db, secretBox } = house.engine;
  const rows = await db.mail.findMany();
  await db.mail.deleteMany();
  return rows.map(({ id, sealed }) => JSON.parse(secretBox.open(sealed, mailContext(id))) as Mail);
}
const told = async () => (await mails()).map(({ to }) => to).sort();
const leave = (days: number) => (now = new Date(notAfter.getTime() - days * day));

test('at the first renewal that fails, and when seven days and one are left, those who see to the domain are told once each', async () => {
  const people = [await aPerson('OWNER'), await aPerson('DEVELOPER')].sort();
  await aPerson('VIEWER');
  await aPerson(null);
  await aDomain();
  await serves(hostname);
  await Promise.all([run(), run()]);
  const [mail, ...others] = await mails();
  expect([mail, ...others].map((one) => one?.to).sort()).toEqual(people);
  expect(mail).toMatchObject({
    subject: `The certificate of ${hostname} is not renewed`,
    text: expect.stringMatching(/until 2027-02-01 00:00 UTC(.|\n)*It is UNREACHABLE\./),
  });
  expect((await house.events()).filter((type) => type === 'certificate.expiring')).toHaveLength(1);
  for (const [days, expected] of [
    [8, []],
    [7, people],
    [2, []],
    [1, people],
    [-1, []],
  ] as const) {
    leave(days);
    await run();
    await run();
    expect(await told()).toEqual(expected);
  }
});

test('who has heard of none of it by the last day is told once', async () => {
  const owner = await aPerson('OWNER');
  await aDomain();
  await serves(hostname);
  leave(0.5);
  await run();
  await run();
  expect(await told()).toEqual([owner]);
});

test('of the platform’s own names the operators are told, and of a new certificate anew', async () => {
  await aPerson('OWNER');
  const operator = await aPerson(null);
  await serves('shop.apps.example.test');
  await serves('deploy.example.test');
  await run();
  expect(await told()).toEqual([operator, operator]);
  const { certificate } = house.engine.db;
  await certificate.updateMany({ data: { notAfter: new Date(notAfter.getTime() + 60 * day) } });
  await run();
  expect(await told()).toEqual([operator, operator]);
});

test('what is renewed in time, waits for its share or the authority, or leads nowhere is told to nobody, and what nobody orders is after a day', async () => {
  const owner = await aPerson('OWNER');
  await aDomain();
  await serves(hostname, null);
  const { certificate, route } = house.engine.db;
  await run();
  for (const failureCode of ['ORGANIZATION_SHARE', 'AUTHORITY_UNREACHABLE']) {
    await certificate.updateMany({ data: { failureCode } });
    await run();
    expect(await told()).toEqual([]);
  }
  await certificate.updateMany({ data: { failureCode: null } });
  leave(28);
  await route.updateMany({ data: { targets: [] } });
  await run();
  expect(await told()).toEqual([]);
  await route.updateMany({ data: { targets: ['127.0.0.1:1'] } });
  await run();
  expect(await told()).toEqual([owner]);
});

test('how long the certificate has left that ends first is known, and of which name it is', async () => {
  const work = certificateWork();
  expect(await soonestExpiry(engine(), work)).toBeNull();
  await serves(hostname, null);
  await serves('late.example.test', null);
  const later = new Date(notAfter.getTime() + day);
  await house.engine.db.certificate.update({ where: { hostname: 'late.example.test' }, data: { notAfter: later } });
  expect(await soonestExpiry(engine(), work)).toEqual({ of: hostname, value: (29 * day) / 1_000 });
});
