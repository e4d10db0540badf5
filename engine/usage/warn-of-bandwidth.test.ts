import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { mailContext, type Mail } from '@apployd/core/mail';
import type { OrganizationRole } from '@apployd/core/access';
import { periodOf } from '@apployd/core/usage';
import { never, useEngine } from '../testing/use-engine.js';
import { warnOfBandwidth } from './warn-of-bandwidth.js';

const house = useEngine();

async function aMember(role: OrganizationRole): Promise<string> {
  const { engine, environment } = house;
  const email = `${role.toLowerCase()}-${newId()}@example.com`;
  const user = { create: { id: newId(), name: role, email } };
  await engine.db.membership.create({
    data: { organization: { connect: { id: environment.organizationId } }, user, role },
  });
  return email;
}

/** The pool's share that was sent this month until now, in percent. */
async function sent(percent: number): Promise<void> {
  const { engine, environment } = house;
  const { organizationId, projectId } = environment;
  const { plan } = await engine.db.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { plan: true },
  });
  const bytesOut = (plan.bandwidthBytesPerMonth * BigInt(percent)) / 100n;
  const month = periodOf(engine.clock.now()).start;
  await engine.db.usageMonth.upsert({
    where: { organizationId_month_projectId: { organizationId, month, projectId } },
    create: { organizationId, month, projectId, bytesOut },
    update: { bytesOut },
  });
  await warnOfBandwidth(engine, never);
}

async function mails(): Promise<readonly Mail[]> {
  const { db, secretBox } = house.engine;
  const rows = await db.mail.findMany();
  await db.mail.deleteMany();
  return rows.map(({ id, sealed }) => JSON.parse(secretBox.open(sealed, mailContext(id))) as Mail);
}

const warned = async () => {
  const { engine, environment } = house;
  const events = await engine.db.event.findMany({
    where: { streamId: environment.organizationId, type: 'bandwidth.warned' },
    orderBy: { sequence: 'asc' },
  });
  return events.map(({ data }) => (data as { percent: number }).percent);
};

test('at 80 and at 100 % of the pool owners and who sees to the bill are told once each, and nobody else', async () => {
  const told = [await aMember('OWNER'), await aMember('BILLING')];
  await aMember('DEVELOPER');
  await sent(79);
  expect(await warned()).toEqual([]);
  await sent(81);
  await sent(99);
  const first = await mails();
  expect(first.map(({ to }) => to).sort()).toEqual(told.sort());
  expect(first[0]?.subject).toContain('80 %');
  await sent(100);
  await sent(300);
  const second = await mails();
  expect(second.map(({ to }) => to).sort()).toEqual(told.sort());
  expect(second[0]?.subject).toContain('all of its bandwidth');
  expect(second[0]?.text).toContain('https://apployd.test/');
  expect(await warned()).toEqual([80, 100]);
});

test('an organization that has used all of it at once is told of that alone', async () => {
  await sent(150);
  await sent(150);
  expect(await warned()).toEqual([100]);
});

test('an organization with a bigger pool is told of that one anew, and of the former no more', async () => {
  const { db } = house.engine;
  const { organizationId } = house.environment;
  const { plan } = await db.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { plan: true } });
  await sent(100);
  const { id: _, ...rest } = plan;
  const bandwidthBytesPerMonth = plan.bandwidthBytesPerMonth * 10n;
  const bigger = await db.plan.create({ data: { ...rest, id: newId(), code: newId(), bandwidthBytesPerMonth } });
  await db.organization.update({ where: { id: organizationId }, data: { planId: bigger.id } });
  await sent(50);
  expect(await warned()).toEqual([100]);
  await sent(81);
  await sent(100);
  await db.organization.update({ where: { id: organizationId }, data: { planId: plan.id } });
  await sent(100);
  expect(await warned()).toEqual([100, 80, 100]);
});

test('engines that look at the same moment tell once', async () => {
  await aMember('OWNER');
  await sent(0);
  const { engine } = house;
  await engine.db.usageMonth.updateMany({
    where: { organizationId: house.environment.organizationId },
    data: { bytesOut: 2n ** 50n },
  });
  await Promise.all([warnOfBandwidth(engine, never), warnOfBandwidth(engine, never), warnOfBandwidth(engine, never)]);
  expect(await warned()).toEqual([100]);
  expect(await mails()).toHaveLength(1);
});
