import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { buildLogOf } from '@apployd/core/log-line';
import { eraseEnvironment } from '../environment/erase.js';
import { deploy } from '../deploy/deploy.js';
import { bringBack } from '../instance/bring-back.js';
import { resize } from '../instance/resize.js';
import { stopEnvironment } from '../instance/stop-environment.js';
import { fakeRuntime, type FakeApp } from '../runtime/fake.js';
import { aDeployment } from '../testing/a-deployment.js';
import { reconcile } from '../testing/reconcile.js';
import { never, useEngine } from '../testing/use-engine.js';

const house = useEngine();
let overlaps = 0;

/** Notes each start in the volume, answers with all that were noted, and tells when another has it open. */
const writes =
  (text: string): FakeApp =>
  (app) => {
    const files = filesOf(app.request.mounts[0]?.volumeId ?? '');
    if (files.has('open')) overlaps += 1;
    files.set('open', text);
    files.set('starts', `${files.get('starts') ?? ''}${text} `);
    app.onTerminate(() => {
      files.delete('open');
      app.exit(0);
    });
    app.serve((_, response) => response.end(files.get('starts')));
  };

/** Has the volume open, and never listens. */
const hangs: FakeApp = (app) => {
  const files = filesOf(app.request.mounts[0]?.volumeId ?? '');
  files.set('open', 'hangs');
  app.onTerminate(() => {
    files.delete('open');
    app.exit(0);
  });
};

const filesOf = (id: string) => house.engine.machine.disk.get(id) ?? new Map<string, string>();

async function aVolume(): Promise<string> {
  const { id: environmentId, organizationId, projectId } = house.environment;
  const own = { id: newId(), organizationId, projectId, environmentId, name: 'data', mountPath: '/data' };
  return (await house.engine.db.volume.create({ data: own })).id;
}

const update = (data: object) => house.engine.db.environment.update({ where: { id: house.environment.id }, data });
const starts = async () => (await house.visit()).body.trim().split(' ');

test('what is in a volume outlives deployments, rollbacks, restarts, stops and the engine, and one instance at a time has it', async () => {
  const { engine, environment } = house;
  const volumeId = await aVolume();
  overlaps = 0;
  const first = await house.goLive('one', writes('one'));
  const second = await house.goLive('two', writes('two'));
  expect([first.stopsFirst, second.stopsFirst, second.status]).toEqual([true, true, 'READY']);
  const { lines } = await engine.logs.read(buildLogOf(second.id), { limit: 100 });
  expect(lines.map(({ message }) => message).join('\n')).toContain(
    'only one release at a time may use the volume data',
  );
  const origin = { trigger: 'ROLLBACK', rollbackOfId: first.id, releaseId: first.releaseId } as const;
  await deploy(engine, (await aDeployment(engine, environment, origin)).id, never);
  await update({ generation: { increment: 1 } });
  await resize(engine, environment.id, never);
  await update({ desiredState: 'STOPPED' });
  await stopEnvironment(engine, environment.id, never);
  await update({ desiredState: 'RUNNING' });
  // Another engine on the same machine goes on.
  await bringBack({ ...engine, runtime: fakeRuntime(engine.machine) }, environment.id, never);
  // The edge follows in its own time.
  await expect.poll(starts).toEqual(['one', 'two', 'one', 'one', 'one']);
  expect(overlaps).toBe(0);
  expect(house.running().length).toBe(1);
  const { serverId } = await engine.db.volume.findUniqueOrThrow({ where: { id: volumeId } });
  expect(serverId).toBe(engine.settings.serverId);
});

test('a release that does not get healthy leaves the former one to be started again, with all that is in the volume', async () => {
  const { engine, environment } = house;
  await aVolume();
  overlaps = 0;
  const former = await house.goLive('one', writes('one'));
  const failed = await house.goLive('two', hangs);
  expect(failed).toMatchObject({ status: 'FAILED', failureCode: 'PORT_NOT_OPEN' });
  expect(house.running()).toEqual([]);
  expect(await engine.jobs.isAsked('bring-back', environment.id)).toBe(true);
  await bringBack(engine, environment.id, never);
  expect(house.running()).toEqual([former.id]);
  // The edge follows in its own time.
  await expect.poll(starts).toEqual(['one', 'one']);
  expect(overlaps).toBe(0);
});

test('with one that was deleted, releases still follow one another: what runs may have it, and it may be restored', async () => {
  const { engine } = house;
  const volumeId = await aVolume();
  await house.goLive('one', writes('one'));
  await engine.db.volume.update({ where: { id: volumeId }, data: { deletesAt: new Date(Date.now() + 60_000) } });
  const second = await house.goLive('two');
  expect([second.status, second.stopsFirst]).toEqual(['READY', true]);
  expect(house.running()).toEqual([second.id]);
});

test('without a volume a release starts beside the former one', async () => {
  const first = await house.goLive('one');
  const second = await house.goLive('two');
  expect([second.status, second.stopsFirst]).toEqual(['READY', false]);
  expect(house.running()).toEqual([first.id, second.id]);
  expect(house.engine.machine.disk.size).toBe(0);
});

test('new limits that take a restart wait for one: visitors are not sent away for them, nor an app that needs more ended', async () => {
  const { engine, environment } = house;
  await aVolume();
  const live = await house.goLive('one', writes('one'));
  engine.machine.adjustable = false;
  const memoryBytes = 32n * 1024n * 1024n;
  await engine.db.process.updateMany({ where: { environmentId: environment.id }, data: { memoryBytes } });
  await resize(engine, environment.id, never);
  expect(house.running()).toEqual([live.id]);
  expect(await starts()).toEqual(['one']);
  const row = await engine.db.environment.findUniqueOrThrow({ where: { id: environment.id } });
  expect(row).toMatchObject({
    stateReason: expect.stringContaining('until it is restarted'),
    resizeAfter: expect.any(Date),
  });
  await update({ generation: { increment: 1 } });
  await resize(engine, environment.id, never);
  // The edge follows in its own time.
  await expect.poll(starts).toEqual(['one', 'one']);
  const { instances } = await house.row(live.id);
  expect(instances.filter(({ state }) => state === 'RUNNING')).toMatchObject([{ memoryBytes }]);
});

test('a release stays on the server that has its volume: another refuses it, and ends nothing', async () => {
  const { engine } = house;
  const volumeId = await aVolume();
  const former = await house.goLive('one', writes('one'));
  const row = { name: newId(), runtime: 'fake', memoryBytes: 1n, cpuMillicores: 1, heartbeatAt: new Date() };
  const { id: serverId } = await engine.db.server.create({ data: { id: newId(), ...row } });
  await engine.db.volume.update({ where: { id: volumeId }, data: { serverId } });
  expect(await house.goLive('two', writes('two'))).toMatchObject({ failureCode: 'VOLUME_ELSEWHERE' });
  expect(house.running()).toEqual([former.id]);
  expect(await starts()).toEqual(['one']);
});

test('a volume is erased once it can be restored no more, or with its environment, and never before', async () => {
  const { engine, environment } = house;
  const { db, machine } = engine;
  const volumeId = await aVolume();
  await house.goLive('one', writes('one'));
  await house.goLive('two', writes('two'));
  const deleteIn = (seconds: number) =>
    db.volume.update({ where: { id: volumeId }, data: { deletesAt: new Date(Date.now() + seconds * 1_000) } });
  await reconcile(engine);
  await deleteIn(60);
  await reconcile(engine);
  expect(machine.disk.has(volumeId)).toBe(true);
  await deleteIn(-1);
  // What runs since before it was deleted has it yet, and is not in the way of what may be erased.
  const longAgo = new Date(Date.now() - 80 * 60 * 60_000);
  const running = { environmentId: environment.id, state: 'RUNNING' } as const;
  await db.instance.updateMany({ where: running, data: { createdAt: longAgo } });
  await reconcile(engine);
  expect(machine.disk.has(volumeId)).toBe(true);
  await update({ generation: { increment: 1 } });
  await resize(engine, environment.id, never);
  await reconcile(engine);
  expect(machine.disk.has(volumeId)).toBe(false);
  expect(await db.volume.count({ where: { id: volumeId } })).toBe(0);
  expect(await house.events()).toContain('volume.erased');

  const other = await aVolume();
  await house.goLive('three', writes('three'));
  expect(machine.disk.has(other)).toBe(true);
  await update({ deletesAt: new Date(Date.now() - 1_000), desiredState: 'STOPPED' });
  await eraseEnvironment(engine, environment.id, never);
  expect(machine.disk.has(other)).toBe(false);
});
