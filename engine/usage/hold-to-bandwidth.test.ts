import { expect, test } from 'vitest';
import { stripePayments } from '@apployd/backplane/payments/stripe';
import { readBandwidthLimit } from '@apployd/core/bandwidth';
import type { BillingStatus, Money } from '@apployd/core/billing';
import { newId } from '@apployd/core/id';
import { mailContext, type Mail } from '@apployd/core/mail';
import { GiB } from '@apployd/core/resources';
import { periodOf } from '@apployd/core/usage';
import { never, useEngine } from '../testing/use-engine.js';
import { eraseRows } from '../project/erase-rows.js';
import { holdToBandwidth } from './hold-to-bandwidth.js';

const house = useEngine();

const pool = 100 * GiB;

type Figures = { readonly slice?: number; readonly bytesOut?: number };

/** The plan of a test: an organization on it has its pool and its rule, and nobody else. */
async function onPlan(rule: 'THROTTLE' | 'STOP', bandwidthBytesPerMonth = pool): Promise<string> {
  const { db } = house.engine;
  const { id: _, code: _code, ...free } = await db.plan.findUniqueOrThrow({ where: { code: 'FREE' } });
  const own = { bandwidthBytesPerMonth: BigInt(bandwidthBytesPerMonth), bandwidthRule: rule } as const;
  const throttleBytesPerSecond = 65_536;
  const plan = await db.plan.create({ data: { ...free, ...own, throttleBytesPerSecond, id: newId(), code: newId() } });
  await db.organization.update({ where: { id: house.environment.organizationId }, data: { planId: plan.id } });
  return plan.id;
}

async function give(projectId: string, { slice, bytesOut }: Figures): Promise<void> {
  const { db, clock } = house.engine;
  const { organizationId } = house.environment;
  const month = periodOf(clock.now()).start;
  if (slice !== undefined) {
    const bandwidthBytesPerMonth = BigInt(slice);
    await db.allocation.update({ where: { projectId }, data: { bandwidthBytesPerMonth } });
  }
  if (bytesOut === undefined) return;
  await db.usageMonth.upsert({
    where: { organizationId_month_projectId: { organizationId, month, projectId } },
    create: { organizationId, month, projectId, bytesOut: BigInt(bytesOut) },
    update: { bytesOut: BigInt(bytesOut) },
  });
}

async function anotherProject(figures: Figures): Promise<string> {
  const { organizationId } = house.environment;
  const id = newId();
  const limits = { memoryBytes: 0n, cpuMillicores: 0, bandwidthBytesPerMonth: 0n };
  const allocation = { create: { id: newId(), organizationId, ...limits } };
  await house.engine.db.project.create({
    data: { id, organizationId, slug: id.slice(-12), name: 'Other', settings: {}, allocation },
  });
  await give(id, figures);
  return id;
}

const look = () => holdToBandwidth(house.engine, never);
const rowOf = (projectId = house.environment.projectId) =>
  house.engine.db.projectBandwidthLimit.findUnique({ where: { projectId } });
const routed = async () => {
  const { bandwidth, version } = await house.engine.db.route.findUniqueOrThrow({
    where: { hostname: house.environment.hostname },
  });
  return { limit: readBandwidthLimit(bandwidth), version };
};
const told = async () => (await house.events()).filter((type) => type.startsWith('project.bandwidth'));

async function anOwner(): Promise<void> {
  const { engine, environment } = house;
  const user = { create: { id: newId(), name: 'Ada', email: `${newId()}@example.com` } };
  const organization = { connect: { id: environment.organizationId } };
  await engine.db.membership.create({ data: { organization, user, role: 'OWNER' } });
}

async function mails(): Promise<readonly Mail[]> {
  const { db, secretBox } = house.engine;
  const rows = await db.mail.findMany();
  await db.mail.deleteMany();
  return rows.map(({ id, sealed }) => JSON.parse(secretBox.open(sealed, mailContext(id))) as Mail);
}

test('a project that has used its slice is stopped where the plan says so, is told once, and goes on with a larger one', async () => {
  const { projectId } = house.environment;
  await house.goLive('main');
  await onPlan('STOP');
  await anOwner();
  await give(projectId, { slice: 10 * GiB, bytesOut: 10 * GiB - 1 });
  await look();
  expect([await rowOf(), (await routed()).limit]).toEqual([null, null]);
  await give(projectId, { bytesOut: 10 * GiB });
  const before = await routed();
  await look();
  await look();
  const until = periodOf(house.engine.clock.now()).end.toISOString();
  expect(await routed()).toEqual({ limit: { rule: 'STOP', until }, version: before.version + 1n });
  expect(await rowOf()).toMatchObject({ reason: 'SLICE', until: new Date(until) });
  expect(await told()).toEqual(['project.bandwidth_limited']);
  const sent = await mails();
  expect(sent.map(({ subject }) => subject)).toEqual([expect.stringMatching(/ is stopped: the bandwidth is used$/)]);
  expect(sent[0]?.text).toContain('Nothing is charged');
  expect(sent[0]?.text).toContain(until.slice(0, 10));
  await give(projectId, { slice: 20 * GiB });
  await look();
  expect([await rowOf(), (await routed()).limit]).toEqual([null, null]);
  expect(await told()).toEqual(['project.bandwidth_limited', 'project.bandwidth_lifted']);
  expect(await mails()).toEqual([]);
});

test('what a release that goes live meanwhile is led by is limited too', async () => {
  const { projectId } = house.environment;
  await onPlan('THROTTLE');
  await house.goLive('main');
  await give(projectId, { slice: 10 * GiB, bytesOut: 11 * GiB });
  await look();
  await house.goLive('next');
  expect((await routed()).limit).toMatchObject({ rule: 'THROTTLE', bytesPerSecond: 65_536 });
});

test('what a project sends slowly beyond its slice takes nothing from another, before and after it is let go', async () => {
  const { projectId } = house.environment;
  await onPlan('THROTTLE');
  const other = await anotherProject({ slice: 50 * GiB, bytesOut: 40 * GiB });
  await give(projectId, { slice: 50 * GiB, bytesOut: 50 * GiB });
  await look();
  await give(projectId, { bytesOut: 200 * GiB });
  await look();
  expect([(await rowOf())?.reason, await rowOf(other)]).toEqual(['SLICE', null]);
  await house.engine.db.allocation.update({ where: { projectId }, data: { bandwidthBytesPerMonth: 201n << 30n } });
  await look();
  expect([await rowOf(), await rowOf(other)]).toEqual([null, null]);
});

test('what a project has sent beyond its slice when its limit begins takes nothing from another', async () => {
  const { projectId } = house.environment;
  await onPlan('THROTTLE');
  const other = await anotherProject({ slice: 50 * GiB, bytesOut: 40 * GiB });
  await give(projectId, { slice: 50 * GiB, bytesOut: 60 * GiB });
  await look();
  expect([(await rowOf())?.reason, await rowOf(other)]).toEqual(['SLICE', null]);
  // It was its own to use up: another's slice is not what it has handed on.
  await give(projectId, { slice: GiB });
  await give(other, { slice: 99 * GiB, bytesOut: 49 * GiB });
  await look();
  expect(await rowOf(other)).toBeNull();
  await give(other, { bytesOut: 50 * GiB });
  await look();
  expect((await rowOf(other))?.reason).toBe('POOL');
});

test("projects without a slice take of the pool what is nobody else's, however late it is noticed", async () => {
  await onPlan('STOP');
  await give(house.environment.projectId, { slice: 0, bytesOut: 80 * GiB });
  const other = await anotherProject({ slice: 50 * GiB, bytesOut: 49 * GiB });
  await look();
  expect([(await rowOf())?.reason, await rowOf(other)]).toEqual(['POOL', null]);
});

test('what a project sent under a limit goes on to take nothing from the others once it is erased', async () => {
  const { projectId } = house.environment;
  const { db, clock } = house.engine;
  await onPlan('THROTTLE');
  const other = await anotherProject({ slice: 50 * GiB, bytesOut: 0 });
  const erased = await anotherProject({ bytesOut: 30 * GiB, slice: 30 * GiB });
  await give(projectId, { slice: 0 });
  await look();
  expect((await rowOf(erased))?.reason).toBe('SLICE');
  await give(erased, { bytesOut: 500 * GiB });
  // As for one that was never looked at: only what was kept of its limit tells it from what counts.
  await db.usageMonth.updateMany({ where: { projectId: erased }, data: { mostSliceBytes: null, mostRestBytes: null } });
  await eraseRows(house.engine, erased, never);
  const { bytesBeyond } = await db.usageMonth.findFirstOrThrow({
    where: { projectId: erased, month: periodOf(clock.now()).start },
  });
  expect(bytesBeyond).toBe(BigInt(470 * GiB));
  await look();
  expect([await rowOf(), await rowOf(other)]).toEqual([null, null]);
});

test('who was slowed down and is stopped by now is told by mail', async () => {
  await onPlan('THROTTLE');
  await anOwner();
  await give(house.environment.projectId, { slice: GiB, bytesOut: 2 * GiB });
  await look();
  expect((await mails()).map(({ subject }) => subject)).toEqual([expect.stringContaining('slowed down')]);
  await onPlan('STOP');
  await look();
  await look();
  expect((await mails()).map(({ subject }) => subject)).toEqual([expect.stringContaining('is stopped')]);
  await onPlan('THROTTLE');
  await look();
  expect((await rowOf())?.limit).toMatchObject({ rule: 'THROTTLE' });
  await give(house.environment.projectId, { slice: 3 * GiB });
  await look();
  expect([await rowOf(), await mails()]).toEqual([null, []]);
});

test("a route that is nobody's any more is left as it is", async () => {
  const { projectId, organizationId, id } = house.environment;
  const { db } = house.engine;
  await house.goLive('main');
  await onPlan('STOP');
  const hostname = `${newId()}.example.com`;
  const closed = { hostname, organizationId, environmentId: id, version: 0n };
  await db.route.create({ data: closed });
  await give(projectId, { slice: GiB, bytesOut: 2 * GiB });
  await look();
  expect((await routed()).limit?.rule).toBe('STOP');
  expect(await db.route.findUnique({ where: { hostname } })).toMatchObject({ bandwidth: null, version: 0n });
});

test('an organization that cannot be looked at keeps nobody else from theirs', async () => {
  const { engine, environment } = house;
  const { db } = engine;
  await onPlan('STOP');
  await give(environment.projectId, { slice: GiB, bytesOut: 2 * GiB });
  // Looked at first, by its id.
  const first = '00000000-0000-7000-8000-000000000001';
  const { planId } = await db.organization.findUniqueOrThrow({ where: { id: environment.organizationId } });
  await db.organization.create({ data: { id: first, slug: newId().slice(-12), name: 'First', planId } });
  await db.usageMonth.create({
    data: {
      ...{ organizationId: first, projectId: newId(), month: periodOf(engine.clock.now()).start },
      bytesOut: BigInt(pool),
    },
  });
  const failing = {
    ...engine,
    db: db.$extends({
      query: {
        organization: {
          findUniqueOrThrow: async ({ args, query }) => {
            if (args.where.id === first) throw new Error('It cannot be read.');
            return query(args);
          },
        },
      },
    }),
  };
  await holdToBandwidth(failing as unknown as typeof engine, never);
  expect(await rowOf()).not.toBeNull();
});

test('a pool that is used up is used up for all of its projects, and another plan lets them go', async () => {
  const { projectId, organizationId } = house.environment;
  await onPlan('STOP');
  await anOwner();
  const other = await anotherProject({ slice: 50 * GiB, bytesOut: 0 });
  // Erased since: what it sent was sent.
  await house.engine.db.usageMonth.create({
    data: { organizationId, projectId: newId(), month: periodOf(house.engine.clock.now()).start, bytesOut: 99n << 30n },
  });
  await give(projectId, { bytesOut: GiB });
  await look();
  expect([(await rowOf())?.reason, (await rowOf(other))?.reason]).toEqual(['POOL', 'POOL']);
  const [mail, ...more] = await mails();
  expect(more).toEqual([]);
  expect(mail?.subject).toMatch(/^2 projects of .* are stopped/);
  await onPlan('THROTTLE');
  await look();
  expect((await rowOf(other))?.limit).toMatchObject({ rule: 'THROTTLE', bytesPerSecond: 65_536 });
  await onPlan('STOP', 2 * pool);
  await look();
  expect([await rowOf(), await rowOf(other)]).toEqual([null, null]);
});

/** Whoever pays with a key of test mode. */
async function aPayer(status: BillingStatus, capGigabytes: number | null = null): Promise<void> {
  const { organizationId } = house.environment;
  const { db, clock } = house.engine;
  await db.billing.create({ data: { organizationId, customerId: newId(), isLive: false, status } });
  const agreed = capGigabytes === null ? {} : { priceMinor: 5, priceCurrency: 'EUR' };
  await db.overage.create({ data: { organizationId, capGigabytes, month: periodOf(clock.now()).start, ...agreed } });
}
/** So that nobody is told of it where other tests look. */
const sendsNothing = () => give(house.environment.projectId, { bytesOut: 0 });
const payments = stripePayments({ secretKey: 'sk_test_1', url: 'http://127.0.0.1:1' });
const lookWithKey = (overagePrice: Money | null = null) => {
  const settings = { ...house.engine.settings, overagePrice };
  return holdToBandwidth({ ...house.engine, settings, payments: async () => payments }, never);
};

test('who buys bandwidth beyond the pool is held at its cap, and told that a higher one ends it', async () => {
  await onPlan('STOP');
  await anOwner();
  await aPayer('ACTIVE', 10);
  await give(house.environment.projectId, { slice: 50 * GiB, bytesOut: 109 * GiB });
  await lookWithKey();
  expect(await rowOf()).toBeNull();
  await give(house.environment.projectId, { bytesOut: 110 * GiB });
  await lookWithKey();
  expect(await rowOf()).toMatchObject({ reason: 'SLICE' });
  const [mail] = await mails();
  expect(mail?.text).toContain('or a higher cap for bandwidth beyond the pool');
  await sendsNothing();
});

test('who owes a payment is held at the pool, whatever is bought, and so is who pays where there is no key', async () => {
  await onPlan('STOP');
  await aPayer('PAST_DUE', 10);
  await give(house.environment.projectId, { bytesOut: 101 * GiB });
  await lookWithKey();
  expect(await rowOf()).toMatchObject({ reason: 'POOL' });
  await house.engine.db.billing.updateMany({ data: { status: 'ACTIVE' } });
  await lookWithKey();
  expect(await rowOf()).toBeNull();
  await look();
  expect(await rowOf()).toMatchObject({ reason: 'POOL' });
});

test('who can buy bandwidth beyond the pool is told so, and nobody else is', async () => {
  const price = { amountMinor: 5, currency: 'EUR' };
  await anOwner();
  for (const [currency, sold] of [
    ['EUR', true],
    ['USD', false],
  ] as const) {
    const id = await onPlan('STOP');
    await house.engine.db.plan.update({ where: { id }, data: { priceCurrency: currency } });
    await house.engine.db.billing.deleteMany();
    await house.engine.db.overage.deleteMany();
    await aPayer('ACTIVE');
    await lookWithKey(price);
    await give(house.environment.projectId, { bytesOut: 101 * GiB });
    await lookWithKey(price);
    const [mail] = await mails();
    expect(mail?.text.includes('bandwidth beyond the pool, which an owner buys')).toBe(sold);
    expect(mail?.text).toContain('a larger plan');
    await sendsNothing();
  }
});

test('with a new month everybody is let go', async () => {
  const { projectId } = house.environment;
  await house.goLive('main');
  await onPlan('STOP');
  await give(projectId, { slice: GiB, bytesOut: 2 * GiB });
  await look();
  expect(await rowOf()).not.toBeNull();
  const { end } = periodOf(house.engine.clock.now());
  const clock = { ...house.engine.clock, now: () => end };
  await holdToBandwidth({ ...house.engine, clock }, never);
  expect([await rowOf(), (await routed()).limit]).toEqual([null, null]);
});

test('engines that look at the same moment begin it once, and tell once', async () => {
  await onPlan('STOP');
  await anOwner();
  await give(house.environment.projectId, { slice: GiB, bytesOut: 2 * GiB });
  await Promise.all([look(), look(), look()]);
  expect(await told()).toEqual(['project.bandwidth_limited']);
  expect(await mails()).toHaveLength(1);
});
