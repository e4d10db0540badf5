import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { buildLogOf } from '@apployd/core/log-line';
import { until } from '@apployd/backplane/testing/until';
import { startWorker } from '../worker.js';
import { aDeployment } from '../testing/a-deployment.js';
import { reconcile } from '../testing/reconcile.js';
import { says, useEngine } from '../testing/use-engine.js';

const house = useEngine();

/** What an earlier test left would be found, too. */
beforeEach(async () => {
  const { db } = house.engine;
  await db.project.deleteMany({ where: { id: { not: house.environment.projectId } } });
  await db.logStream.deleteMany();
  await db.lease.deleteMany();
});

const past = (ms: number) => new Date(Date.now() - ms);
const findings = () => Object.fromEntries(house.engine.findings.counts);
/** What an operator finds in the log, one line for each. */
const told = () =>
  house.engine.said
    .map((line) => JSON.parse(line) as { finding?: string; did?: string })
    .filter(({ finding }) => finding)
    .map(({ finding, did }) => `${finding}: ${did}`);

/** Asks that are made meanwhile. */
async function asksOf(work: (engine: typeof house.engine) => Promise<void>): Promise<string[]> {
  const asked: string[] = [];
  const ask = async (name: string, id: string) => void asked.push(`${name} ${id}`);
  await work({ ...house.engine, jobs: { ...house.engine.jobs, ask } });
  return asked;
}

test('where all is as it should be nothing is found, asked for or said', async () => {
  await house.goLive('one');
  expect(await asksOf(reconcile)).toEqual([]);
  expect(findings()).toEqual({});
});

test('a queued deployment without a job is asked for, said and counted; one whose job waits is left to it', async () => {
  const { engine, environment } = house;
  const { id } = await aDeployment(engine, environment, { createdAt: past(60_000) });
  expect(await asksOf(reconcile)).toEqual([`deploy ${id}`]);
  expect(findings()).toEqual({ 'deployment.without-job': 1 });
  expect(told()).toEqual(['deployment.without-job: asked for again']);
  await engine.jobs.ask('deploy', id);
  expect(await asksOf(reconcile)).toEqual([]);
});

test('a deployment whose worker died is asked for once the lease of the worker is over, not before', async () => {
  const { engine, environment } = house;
  const { id } = await aDeployment(engine, environment, { status: 'BUILDING', createdAt: past(60_000) });
  const key = `environment:${environment.id}`;
  await engine.db.lease.create({ data: { key, holder: 'dead', fence: 3n, expiresAt: past(-60_000) } });
  expect(await asksOf(reconcile)).toEqual([]);
  await engine.db.lease.update({ where: { key }, data: { expiresAt: past(1_000) } });
  expect(await asksOf(reconcile)).toEqual([`deploy ${id}`]);
  expect(findings()).toEqual({ 'deployment.without-worker': 1 });
});

test('a job whose row is gone is dropped', async () => {
  const { engine } = house;
  await startWorker(engine, 1);
  await engine.jobs.ask('deploy', newId());
  await until(() => told().includes('job.without-row: dropped'));
});

test('an instance that no row knows is stopped, and one that nobody uses is retired, unless it still drains', async () => {
  const { engine } = house;
  const first = await house.goLive('one');
  const second = await house.goLive('two');
  await engine.jobs.ask('retire', first.id, { delayMs: 60_000 });
  expect(await asksOf(reconcile)).toEqual([]);
  const lost = { ...engine, jobs: { ...engine.jobs, isAsked: async () => false } };
  const asked: string[] = [];
  await reconcile({ ...lost, jobs: { ...lost.jobs, ask: async (name, id) => void asked.push(`${name} ${id}`) } });
  expect(asked).toEqual([`retire ${first.id}`]);
  await engine.db.instance.deleteMany({ where: { deploymentId: first.id } });
  await reconcile(engine);
  expect(house.running()).toEqual([second.id]);
  expect(findings()).toEqual({ 'instance.without-use': 1, 'instance.without-row': 1 });
});

test('a route that leads elsewhere, to instances that are gone, or nowhere is led back to what is live', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('one');
  const where = { hostname: environment.hostname };
  const { targets } = await engine.db.route.findUniqueOrThrow({ where });
  const mended = async () => {
    await reconcile(engine);
    expect(await engine.db.route.findUnique({ where })).toMatchObject({ deploymentId: live.id, targets });
    await until(async () => (await house.visit()).body === 'one');
  };
  await engine.db.route.update({ where, data: { deploymentId: newId() } });
  await mended();
  await engine.db.route.update({ where, data: { targets: ['127.0.0.1:1'] } });
  await mended();
  await engine.db.route.delete({ where });
  await mended();
  expect(findings()).toEqual({ 'route.astray': 3 });
});

test('the build log of a deployment that ended long ago is ended, and that of one at work is not', async () => {
  const { engine, environment } = house;
  const { organizationId } = environment;
  const over = await aDeployment(engine, environment, { status: 'FAILED', finishedAt: past(30 * 86_400_000) });
  const atWork = await aDeployment(engine, environment);
  for (const { id } of [over, atWork]) {
    await engine.db.logStream.create({ data: { id: buildLogOf(id), organizationId } });
  }
  const ended: string[] = [];
  await reconcile({ ...engine, logs: { ...engine.logs, end: async (stream) => void ended.push(stream) } });
  expect(ended).toEqual([buildLogOf(over.id)]);
  expect(findings()).toMatchObject({ 'log.not-ended': 1 });
});

test('folders of builds go with the end of their deployment, or with its row; one that is at work keeps its own', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('one');
  const failed = await aDeployment(engine, environment, { status: 'FAILED' });
  const atWork = await aDeployment(engine, environment);
  const folders = [live.id, failed.id, newId(), atWork.id].map((id) => path.join(engine.settings.workFolder, id, '7'));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  await reconcile(engine);
  const left = await Promise.all(folders.map((folder) => access(folder).then(Boolean.bind(null, true), () => false)));
  expect(left).toEqual([false, false, false, true]);
  expect((await house.visit()).body).toBe('one');
  expect(findings()).toMatchObject({ 'build.left-over': 3 });
});

test('a server whose engine is silent is marked, and leases of what is gone are deleted an hour after their end', async () => {
  const { engine, environment } = house;
  const { serverId } = engine.settings;
  await engine.db.server.update({ where: { id: serverId }, data: { heartbeatAt: past(31_000) } });
  const keys = [`environment:${environment.id}`, `environment:${newId()}`, `project:${newId()}`];
  await engine.db.lease.createMany({
    data: keys.map((key) => ({ key, holder: '', fence: 1n, expiresAt: past(2 * 3_600_000) })),
  });
  const fresh = `environment:${newId()}`;
  await engine.db.lease.create({ data: { key: fresh, holder: '', fence: 1n, expiresAt: past(60_000) } });
  await reconcile(engine);
  expect(await engine.db.server.findUniqueOrThrow({ where: { id: serverId } })).toMatchObject({
    status: 'UNREACHABLE',
  });
  const left = await engine.db.lease.findMany({ where: { key: { in: [...keys, fresh] } }, select: { key: true } });
  expect(left.map(({ key }) => key).sort()).toEqual([keys[0], fresh].sort());
  expect(findings()).toEqual({ 'server.silent': 1, 'lease.left-over': 2 });
});

test('one mend that fails keeps none of the others', async () => {
  const { engine, environment } = house;
  engine.publish('one', says('one'));
  const { id } = await aDeployment(engine, environment, { createdAt: past(60_000) });
  const db = new Proxy(engine.db, {
    get: (all, name) => {
      if (name === 'server') throw new Error('no servers today');
      return Reflect.get(all, name) as unknown;
    },
  });
  expect(await asksOf((asking) => reconcile({ ...asking, db }))).toEqual([`deploy ${id}`]);
});
