import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { ask, mutate } from '../testing/client.js';
import {
  aDeployment,
  aPerson,
  aProject,
  aRelease,
  aRollout,
  uuid,
  type MadeProject,
  type Person,
} from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let shop: MadeProject;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  person = await aPerson(server);
  shop = await aProject(server, person);
  const live = { status: 'READY', serving: 'LIVE', releaseId: await aRelease(server, shop) } as const;
  await change({
    liveDeployment: { connect: { id: await aDeployment(server, shop, live) } },
    observedState: 'RUNNING',
  });
});

const where = () => ({ id: uuid(shop.environmentId) });
const change = (data: Prisma.EnvironmentUpdateInput) => server.db.environment.update({ where: where(), data });
const row = () => server.db.environment.findUniqueOrThrow({ where: where() });
const run = (field: 'Sleep' | 'Wake' | 'Restart' | 'Start', input: object = {}) =>
  mutate(
    server,
    person.token,
    `environment${field}`,
    { environmentId: shop.environmentId, ...input },
    `... on Environment${field}Payload { environment { desiredState observedState stateReason keepAwakeUntil } }
    ... on InvalidStateError { currentState message } ${field === 'Wake' ? '... on ValidationError { issues { path rule message } }' : ''}`,
  );
const events = async () => {
  const found = await server.db.event.findMany({ where: { streamId: uuid(shop.id) }, orderBy: { sequence: 'asc' } });
  return found.map(({ type }) => type);
};

test('what runs is to sleep as deep as is asked for, with the reason, and once', async () => {
  const { environment } = await run('Sleep');
  expect(environment).toMatchObject({ desiredState: 'LIGHT_SLEEP', stateReason: expect.stringContaining('by hand') });
  await run('Sleep');
  expect((await run('Sleep', { depth: 'DEEP' })).environment).toMatchObject({ desiredState: 'DEEP_SLEEP' });
  // Nothing is left that a light sleep could keep.
  expect((await run('Sleep', { depth: 'LIGHT' })).environment).toMatchObject({ desiredState: 'DEEP_SLEEP' });
  expect((await events()).filter((type) => type === 'environment.sleep_requested')).toHaveLength(2);
});

test('what is in a rollout stays awake, and it is said what to do', async () => {
  await aRollout(server, shop);
  expect(await run('Sleep')).toMatchObject({
    ...{ __typename: 'InvalidStateError', currentState: 'ROLLOUT' },
    message: expect.stringMatching(/rolloutPromote or rolloutAbort/),
  });
  expect(await row()).toMatchObject({ desiredState: 'RUNNING' });
  await server.db.rollout.updateMany({ data: { verdict: 'PROMOTED' } });
  expect((await run('Sleep')).environment).toMatchObject({ desiredState: 'LIGHT_SLEEP' });
});

test.each(['cancelled', 'superseded'])('what is in a rollout that was %s already may be put to sleep', async (how) => {
  const id = uuid(await aRollout(server, shop));
  const newer = await aDeployment(server, shop, { status: 'QUEUED' });
  const data = how === 'cancelled' ? { cancelRequestedAt: new Date() } : { supersededById: newer };
  await server.db.deployment.update({ where: { id }, data });
  expect((await run('Sleep')).environment).toMatchObject({ desiredState: 'LIGHT_SLEEP' });
});

test('what does not run is not put to sleep, and what is stopped is not woken', async () => {
  await change({ observedState: 'CRASHED' });
  expect(await run('Sleep')).toMatchObject({ __typename: 'InvalidStateError', currentState: 'CRASHED' });
  await change({ desiredState: 'STOPPED', observedState: 'STOPPED' });
  expect(await run('Sleep')).toMatchObject({ currentState: 'STOPPED' });
  expect(await run('Wake')).toMatchObject({
    currentState: 'STOPPED',
    message: expect.stringContaining('environmentStart'),
  });
});

test('what sleeps is woken by a wake, a restart and a start, and the first who asked counts', async () => {
  const wakeAskedAt = new Date(Date.now() - 5_000);
  for (const verb of ['Wake', 'Restart', 'Start'] as const) {
    await change({
      desiredState: 'DEEP_SLEEP',
      observedState: 'DEEP_SLEEP',
      wakeAskedAt: verb === 'Wake' ? wakeAskedAt : null,
    });
    expect((await run(verb)).environment).toMatchObject({ desiredState: 'RUNNING', observedState: 'DEEP_SLEEP' });
    expect((await row()).wakeAskedAt).toEqual(verb === 'Wake' ? wakeAskedAt : expect.any(Date));
  }
  expect(await events()).toContain('environment.wake_requested');
});

const changePlan = async (autoSleepMinutes: number | null) => {
  const { organizationId } = await row();
  const { planId } = await server.db.organization.findUniqueOrThrow({ where: { id: organizationId } });
  const { id: _, ...plan } = await server.db.plan.findUniqueOrThrow({ where: { id: planId } });
  const code = `TEST_${newId()}`;
  const own = { ...plan, id: newId(), code, name: 'Resting', autoSleepMinutes };
  await server.db.plan.create({ data: own as Prisma.PlanUncheckedCreateInput });
  await server.db.organization.update({ where: { id: organizationId }, data: { planId: own.id } });
};

test('on a plan that sends projects to sleep it is woken, and not kept awake; to end that is allowed', async () => {
  await changePlan(15);
  await change({ keepAwakeUntil: new Date(Date.now() + 60_000), desiredState: 'LIGHT_SLEEP' });
  const { issues } = await run('Wake', { keepAwakeMinutes: 1 });
  expect(issues).toMatchObject([
    { path: ['keepAwakeMinutes'], rule: 'PLAN_LIMIT', message: expect.stringMatching(/15 minutes.*larger plan/) },
  ]);
  expect(await row()).toMatchObject({ desiredState: 'LIGHT_SLEEP' });
  expect((await run('Wake')).environment).toMatchObject({ desiredState: 'RUNNING' });
  expect((await run('Wake', { keepAwakeMinutes: 0 })).environment).toMatchObject({ keepAwakeUntil: null });
});

test('it is kept awake for so long, and no longer when that is taken back or when it is put to sleep', async () => {
  const { environment } = await run('Wake', { keepAwakeMinutes: 60 });
  expect(Date.parse(environment.keepAwakeUntil)).toBeGreaterThan(Date.now() + 59 * 60_000);
  await run('Wake');
  expect((await row()).keepAwakeUntil).not.toBeNull();
  await run('Wake', { keepAwakeMinutes: 0 });
  expect((await row()).keepAwakeUntil).toBeNull();
  await run('Wake', { keepAwakeMinutes: 60 });
  await run('Sleep');
  expect((await row()).keepAwakeUntil).toBeNull();
  expect((await run('Wake', { keepAwakeMinutes: 10_081 })).issues).toMatchObject([{ path: ['keepAwakeMinutes'] }]);
});

test('how long waking takes is told by the wakes there were, of each depth for itself', async () => {
  const { organizationId } = await row();
  const wakes = [
    ...Array.from({ length: 20 }, (_, i) => ({ depth: 'LIGHT_SLEEP' as const, tookMs: (i + 1) * 10 })),
    { depth: 'DEEP_SLEEP' as const, tookMs: 900 },
  ];
  await server.db.wake.createMany({
    data: wakes.map((wake) => ({
      id: newId(),
      organizationId,
      environmentId: where().id,
      wokenAt: new Date(),
      ...wake,
    })),
  });
  const asked = `{ environment(id: "${shop.environmentId}") { wakeEta wakes { depth count p50Ms p95Ms } } }`;
  const look = async () => (await ask(server, asked, {}, { token: person.token })).data.environment;
  expect(await look()).toEqual({
    wakeEta: null,
    wakes: [
      { depth: 'LIGHT_SLEEP', count: 20, p50Ms: 100, p95Ms: 190 },
      { depth: 'DEEP_SLEEP', count: 1, p50Ms: 900, p95Ms: 900 },
    ],
  });
  await change({ observedState: 'DEEP_SLEEP' });
  expect(await look()).toMatchObject({ wakeEta: 900 });
});
