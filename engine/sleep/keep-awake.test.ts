import { expect, test } from 'vitest';
import { useEngine } from '../testing/use-engine.js';
import { fallAsleep } from './fall-asleep.js';
import { wakeBySchedule } from './wake-by-schedule.js';

const house = useEngine();

const hourMs = 3_600_000;
const now = new Date();
const ago = (hours: number) => new Date(now.getTime() - hours * hourMs);
/** From so many hours ago until so many from now on, whatever the time is. */
const around = (before: number, after: number) => {
  const at = (hours: number) => new Date(now.getTime() + hours * hourMs).toISOString().slice(11, 16);
  const days = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
  return { timeZone: 'UTC', spans: [{ days, from: at(-before), to: at(after) }] };
};

const change = (data: Parameters<typeof house.engine.db.environment.update>[0]['data']) =>
  house.engine.db.environment.update({ where: { id: house.environment.id }, data });
const wanted = async () =>
  (await house.engine.db.environment.findUniqueOrThrow({ where: { id: house.environment.id } })).desiredState;
const settle = (keepAwake: object | null) =>
  house.engine.db.project.update({
    where: { id: house.environment.projectId },
    data: { settings: { autoSleepMinutes: 5, keepAwake } },
  });

/** Live, and without a visitor for long. */
async function idle(): Promise<void> {
  const live = await house.goLive('app');
  await house.engine.db.deployment.update({ where: { id: live.id }, data: { finishedAt: ago(20) } });
  await change({ createdAt: ago(20) });
}
const sleeps = (asleepSince: Date) => change({ desiredState: 'DEEP_SLEEP', observedState: 'DEEP_SLEEP', asleepSince });

test('within the hours of its schedule nothing falls asleep by itself, and after them it does', async () => {
  await idle();
  await settle(around(2, 2));
  await fallAsleep(house.engine);
  expect(await wanted()).toBe('RUNNING');
  await settle(around(4, -2));
  await fallAsleep(house.engine);
  expect(await wanted()).toBe('LIGHT_SLEEP');
});

test('shortly before its hours nothing falls asleep by itself any more', async () => {
  await idle();
  const soon = new Date(Math.ceil(now.getTime() / 60_000) * 60_000 + 60_000);
  const from = soon.toISOString().slice(11, 16);
  const to = new Date(soon.getTime() + hourMs).toISOString().slice(11, 16);
  await settle({ timeZone: 'UTC', spans: [{ days: ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'], from, to }] });
  const { engine } = house;
  const before = (ms: number) => ({ ...engine, clock: { ...engine.clock, now: () => new Date(soon.getTime() - ms) } });
  await fallAsleep(before(100_000));
  expect(await wanted()).toBe('RUNNING');
  await fallAsleep(before(130_000));
  expect(await wanted()).toBe('LIGHT_SLEEP');
});

test('what slept when the schedule was set is woken, and nobody is said to wait for it', async () => {
  const { db } = house.engine;
  const { projectId, organizationId } = house.environment;
  const always = around(2, 2);
  await idle();
  await sleeps(ago(1));
  await settle(always);
  const version = { projectId, organizationId, settings: { keepAwake: always } };
  await db.projectSettingsVersion.createMany({
    data: [
      { ...version, version: 1, settings: {}, createdAt: ago(20) },
      { ...version, version: 2, createdAt: ago(0.5) },
      { ...version, version: 3, settings: { keepAwake: always, autoSleepMinutes: 5 }, createdAt: now },
    ],
  });
  await wakeBySchedule(house.engine);
  const { wakeAskedAt } = await db.environment.findUniqueOrThrow({ where: { id: house.environment.id } });
  expect([await wanted(), wakeAskedAt]).toEqual(['RUNNING', null]);
  // By hand, after it was set; a later version of other settings changes nothing.
  await sleeps(ago(0.25));
  await wakeBySchedule(house.engine);
  expect(await wanted()).toBe('DEEP_SLEEP');
});

test('a time zone that this engine does not know keeps nobody awake, and stops nothing else', async () => {
  await idle();
  await settle({ timeZone: 'Mars/Olympus', spans: [{ days: ['MON'], from: '00:00', to: '24:00' }] });
  await fallAsleep(house.engine);
  expect(await wanted()).toBe('LIGHT_SLEEP');
  await wakeBySchedule(house.engine);
  expect((await house.goLive('another')).status).toBe('READY');
});

test('a project without a schedule falls asleep, whatever others have', async () => {
  await idle();
  await settle(null);
  await fallAsleep(house.engine);
  expect(await wanted()).toBe('LIGHT_SLEEP');
});

test('what sleeps is woken at the beginning of the hours, and what was put to sleep within them is not', async () => {
  await idle();
  await settle(around(2, 2));
  await sleeps(ago(3));
  await wakeBySchedule(house.engine);
  expect(await wanted()).toBe('RUNNING');
  await sleeps(ago(1));
  await wakeBySchedule(house.engine);
  expect(await wanted()).toBe('DEEP_SLEEP');
  await settle(around(4, -2));
  await sleeps(ago(10));
  await wakeBySchedule(house.engine);
  expect(await wanted()).toBe('DEEP_SLEEP');
});

test('a schedule holds where the plan lets projects stay awake, and nowhere else', async () => {
  const { db } = house.engine;
  await idle();
  await settle(around(2, 2));
  await db.organization.update({
    where: { id: house.environment.organizationId },
    data: { plan: { connect: { code: 'FREE' } } },
  });
  await sleeps(ago(3));
  await wakeBySchedule(house.engine);
  expect(await wanted()).toBe('DEEP_SLEEP');
  await change({ desiredState: 'RUNNING', observedState: 'RUNNING', asleepSince: null });
  await fallAsleep(house.engine);
  expect(await wanted()).toBe('LIGHT_SLEEP');
});

test('what was to stay awake for a while does where the plan lets it, and no more once the plan sends projects to sleep', async () => {
  const { db } = house.engine;
  await idle();
  await settle(null);
  await change({ keepAwakeUntil: new Date(now.getTime() + hourMs) });
  await fallAsleep(house.engine);
  expect(await wanted()).toBe('RUNNING');
  const plan = { connect: { code: 'FREE' } };
  await db.organization.update({ where: { id: house.environment.organizationId }, data: { plan } });
  await fallAsleep(house.engine);
  expect(await wanted()).toBe('LIGHT_SLEEP');
});

test('nothing is woken that is deleted, has no slice, or whose organization is suspended', async () => {
  const { db } = house.engine;
  const { organizationId, projectId } = house.environment;
  await idle();
  await settle(around(2, 2));
  await sleeps(ago(3));
  const stays = async () => {
    await wakeBySchedule(house.engine);
    expect(await wanted()).toBe('DEEP_SLEEP');
  };
  await db.organization.update({ where: { id: organizationId }, data: { suspendedAt: now } });
  await stays();
  await db.organization.update({ where: { id: organizationId }, data: { suspendedAt: null } });
  await change({ deletesAt: now });
  await stays();
  await change({ deletesAt: null });
  await db.allocation.delete({ where: { projectId } });
  await stays();
});
