import { afterEach, describe, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { until } from '@apployd/backplane/testing/until';
import { placesInQueue } from '@apployd/prisma/deployment-queue';
import type { Worker } from '@apployd/backplane/jobs/jobs';
import type { Deployment, Environment } from '@apployd/prisma/generated/client/client';
import { reconcile } from '../testing/reconcile.js';
import { aDeployment, anEnvironment } from '../testing/a-deployment.js';
import { repositoryUrl } from '../testing/an-engine.js';
import { says, useEngine } from '../testing/use-engine.js';
import { startWorker } from '../worker.js';
import { askNext, takeTurn } from './line.js';

const slots = 2;
const house = useEngine({ slots });

let worker: Worker | undefined;
afterEach(async () => {
  const { db } = house.engine;
  await db.deployment.updateMany({ where: { finishedAt: null }, data: { status: 'CANCELED', finishedAt: new Date() } });
  await db.server.updateMany({ data: { status: 'REMOVED' } });
  await worker?.close(0);
  worker = undefined;
});

/** More environments of the same project, each with a deployment that waits. */
async function waitingIn(environment: Environment, count: number, row: Partial<Deployment> = {}): Promise<string[]> {
  const { db } = house.engine;
  const { organizationId, projectId } = environment;
  const { deploymentNumber } = await db.project.update({
    where: { id: projectId },
    data: { deploymentNumber: { increment: count } },
  });
  const made = Array.from({ length: count }, (_, i) => ({ id: newId(), environmentId: newId(), i }));
  await db.environment.createMany({
    data: made.map(({ environmentId: id }) => ({
      ...{ id, organizationId, projectId, slug: id, kind: 'STAGING' as const, hostname: `${id}.localhost` },
    })),
  });
  await db.process.createMany({
    data: made.map(({ environmentId }) => ({
      ...{ id: newId(), organizationId, environmentId, name: 'web', desiredInstances: 0 },
      ...{ memoryBytes: 64n * 1024n ** 2n, cpuMillicores: 50 },
    })),
  });
  await db.deployment.createMany({
    data: made.map(({ id, environmentId, i }) => ({
      ...{ id, organizationId, projectId, environmentId, number: deploymentNumber - count + 1 + i },
      ...{ trigger: 'API' as const, repositoryUrl, ref: 'main', ...row },
    })),
  });
  return made.map(({ id }) => id);
}

/** One that may be gone back to. */
async function aRelease({ organizationId, projectId }: Environment): Promise<string> {
  const kept = { runtime: 'fake', imageId: 'kept', imageSizeBytes: 1n, variablesVersion: 1, settingsVersion: 1 };
  const { id } = await house.engine.db.release.create({
    data: { id: newId(), organizationId, projectId, ...kept, settings: {} },
  });
  return id;
}

const onPlan = (environment: Environment, code: string) =>
  house.engine.db.organization.update({
    where: { id: environment.organizationId },
    data: { plan: { connect: { code } } },
  });

/** Those that got a slot, in that order. */
const served = () =>
  house.engine.db.deployment.findMany({
    where: { slotAt: { not: null } },
    orderBy: { slotAt: 'asc' },
    select: { id: true, organizationId: true },
  });

const end = (id: string) =>
  house.engine.db.deployment.update({ where: { id }, data: { status: 'FAILED', finishedAt: new Date() } });

test('an organization with 500 deployments that wait keeps the first of another back by one slot at most', async () => {
  const { engine, environment } = house;
  await onPlan(environment, 'BUSINESS');
  engine.publish('main', says('main'));
  const builds: (() => void)[] = [];
  engine.builder.before = () => new Promise((resolve) => builds.push(resolve));
  const many = await waitingIn(environment, 500);
  worker = await startWorker(engine, slots);
  for (const id of many) await engine.jobs.ask('deploy', id);
  await until(() => builds.length === slots);
  const other = await anEnvironment(engine);
  const { id } = await aDeployment(engine, other);
  await engine.jobs.ask('deploy', id);
  const hasSlot = async () => (await house.row(id)).slotAt !== null;
  expect(await hasSlot()).toBe(false);
  builds[0]?.();
  await until(hasSlot);
  expect((await served()).at(slots)?.id).toBe(id);
  await until(() => builds.length === slots + 1);
  builds[slots]?.();
  await until(async () => (await house.row(id)).status === 'READY');
  const left = await engine.db.deployment.count({ where: { id: { in: many }, status: 'QUEUED', slotAt: null } });
  expect(left).toBeGreaterThan(490);
  builds.forEach((resolve) => resolve());
});

test('two organizations take turns at the one slot that is left, whoever has more that waits', async () => {
  const { engine, environment } = house;
  await aDeployment(engine, await anEnvironment(engine), { status: 'BUILDING' });
  const other = await anEnvironment(engine);
  await waitingIn(environment, 8);
  await waitingIn(other, 2);
  const owners: string[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const [id = ''] = await askNext(engine);
    owners.push((await end(id)).organizationId === other.organizationId ? 'other' : 'one');
  }
  expect(owners).toEqual(['one', 'other', 'one', 'other', 'one']);
});

test('an organization builds as many at once as its plan allows; what needs no build is not held up by that', async () => {
  const { engine, environment } = house;
  await onPlan(environment, 'FREE');
  const { maxConcurrentBuilds } = await engine.db.plan.findUniqueOrThrow({ where: { code: 'FREE' } });
  expect(maxConcurrentBuilds).toBeLessThan(slots);
  await waitingIn(environment, 3);
  expect(await askNext(engine)).toHaveLength(maxConcurrentBuilds);
  const [back] = await waitingIn(environment, 1, { trigger: 'ROLLBACK', releaseId: await aRelease(environment) });
  expect(await askNext(engine)).toEqual([back]);
});

test('one environment has one slot, and its oldest deployment gets it', async () => {
  const { engine, environment } = house;
  const first = await aDeployment(engine, environment);
  const second = await aDeployment(engine, environment);
  expect(await takeTurn(engine, second.id)).toBeNull();
  expect((await house.row(first.id)).slotAt).not.toBeNull();
  expect(await takeTurn(engine, first.id)).toMatchObject({ environmentId: environment.id });
  await end(first.id);
  expect(await takeTurn(engine, second.id)).toMatchObject({ environmentId: environment.id });
});

test('a slot whose deployment was canceled before a worker came goes to the next at once', async () => {
  const { engine, environment } = house;
  const [one, two, three] = [
    await aDeployment(engine, environment),
    await aDeployment(engine, await anEnvironment(engine)),
    await aDeployment(engine, await anEnvironment(engine)),
  ];
  const asked: string[] = [];
  const jobs = { ...engine.jobs, ask: async (_: string, id: string) => void asked.push(id) };
  await askNext({ ...engine, jobs });
  expect(asked.sort()).toEqual([one.id, two.id].sort());
  await engine.db.deployment.update({ where: { id: one.id }, data: { status: 'CANCELED', finishedAt: new Date() } });
  expect(await takeTurn({ ...engine, jobs }, one.id)).toBeNull();
  expect(asked.at(-1)).toBe(three.id);
});

test('when every wake-up was lost, reconcile gives the slots and asks again', async () => {
  const { engine, environment } = house;
  const { id } = await aDeployment(engine, environment);
  const asked: string[] = [];
  const jobs = { ...engine.jobs, ask: async (name: string, of: string) => void asked.push(`${name} ${of}`) };
  await reconcile({ ...engine, jobs });
  expect(asked.filter((ask) => ask.endsWith(id))).toEqual([`deploy ${id}`]);
  expect((await house.row(id)).slotAt).not.toBeNull();
});

test('two that give slots at the same moment give none twice, and no more than there are', async () => {
  const { engine } = house;
  for (let i = 0; i < 6; i += 1) await aDeployment(engine, await anEnvironment(engine));
  const given = await Promise.all([askNext(engine), askNext(engine), askNext(engine)]);
  expect(new Set(given.flat()).size).toBe(slots);
  expect(given.flat()).toHaveLength(slots);
});

test('places are those in which slots are given', async () => {
  const { engine, environment } = house;
  const other = await anEnvironment(engine);
  for (const one of [environment, other]) await onPlan(one, 'BUSINESS');
  const many = await waitingIn(environment, 5);
  const [late] = await waitingIn(other, 1);
  await askNext(engine);
  const places = await placesInQueue(engine.db, [...many, late ?? '']);
  const at = new Map(places.map(({ id, position }) => [id, position]));
  expect(places.filter(({ position }) => position === null)).toHaveLength(slots);
  const inLine = [...at].filter(([, position]) => position !== null).sort(([, a], [, b]) => Number(a) - Number(b));
  expect(inLine.map(([, position]) => position)).toEqual(inLine.map((_, index) => index + 1));
  const [next] = inLine;
  await end((await served()).at(-1)?.id ?? '');
  expect(await askNext(engine)).toEqual([next?.[0]]);
});

describe('who is held back by more than the slots', () => {
  /** In the order of their places, with the turns of the plan. */
  const lineOf = async (ids: readonly string[]) => {
    const places = await placesInQueue(house.engine.db, ids);
    return places
      .filter(({ position }) => position !== null)
      .sort((one, other) => Number(one.position) - Number(other.position))
      .map(({ id, planTurns }) => [id, planTurns]);
  };

  const oneWaitsIn = async (environment: Environment, row: Partial<Deployment> = {}) =>
    (await waitingIn(environment, 1, row))[0] ?? '';

  test('by its plan: it is passed by whoever may build, and is told after how many builds it may', async () => {
    const { engine, environment } = house;
    const other = await anEnvironment(engine);
    for (const one of [environment, other]) await onPlan(one, 'FREE');
    const first = await oneWaitsIn(environment);
    const second = await oneWaitsIn(environment);
    const third = await oneWaitsIn(environment);
    expect(await askNext(engine)).toEqual([first]);
    const late = await oneWaitsIn(other);
    expect(await lineOf([second, third, late])).toEqual([
      [late, 0],
      [second, 1],
      [third, 2],
    ]);
    expect(await askNext(engine)).toEqual([late]);
  });

  test('by its plan, while all slots are taken: it is passed by as many as there are slots, and not by all', async () => {
    const { engine, environment } = house;
    const other = await anEnvironment(engine);
    await onPlan(environment, 'FREE');
    await onPlan(other, 'BUSINESS');
    await oneWaitsIn(environment);
    const held = await oneWaitsIn(environment);
    const many = await waitingIn(other, 6);
    expect(await askNext(engine)).toHaveLength(slots);
    const all = await lineOf([held, ...many]);
    expect(all.findIndex(([id]) => id === held)).toBe(slots);
    expect(all).toHaveLength(6);
  });

  test('by its plan: what needs no build is not', async () => {
    const { engine, environment } = house;
    await onPlan(environment, 'FREE');
    await oneWaitsIn(environment);
    const held = await oneWaitsIn(environment);
    await askNext(engine);
    const back = await oneWaitsIn(environment, { trigger: 'ROLLBACK', releaseId: await aRelease(environment) });
    expect(await lineOf([held, back])).toEqual([
      [back, 0],
      [held, 1],
    ]);
    expect(await askNext(engine)).toEqual([back]);
  });

  test('by another of its environment: it is passed by those of other environments', async () => {
    const { engine, environment } = house;
    await onPlan(environment, 'BUSINESS');
    await aDeployment(engine, environment);
    await askNext(engine);
    const next = await aDeployment(engine, environment);
    const elsewhere = await oneWaitsIn(environment);
    expect(await lineOf([next.id, elsewhere])).toEqual([
      [elsewhere, 0],
      [next.id, 0],
    ]);
    expect(await askNext(engine)).toEqual([elsewhere]);
  });
});
