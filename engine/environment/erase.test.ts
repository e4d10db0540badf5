import { expect, test } from 'vitest';
import { newId, publicId } from '@apployd/core/id';
import { buildLogOf, runtimeLogOf } from '@apployd/core/log-line';
import type { Environment } from '@apployd/prisma/generated/client/client';
import { deploy } from '../deploy/deploy.js';
import { aDeployment } from '../testing/a-deployment.js';
import { reconcile } from '../testing/reconcile.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { eraseEnvironment } from './erase.js';

const house = useEngine();

/** Another environment of the same project. */
function staging(): Promise<Environment> {
  const { db } = house.engine;
  const { organizationId, projectId } = house.environment;
  const web = { id: newId(), organizationId, name: 'web', memoryBytes: 64n * 1024n ** 2n, cpuMillicores: 100 };
  const slug = 'staging';
  const own = {
    id: newId(),
    organizationId,
    projectId,
    slug,
    kind: 'STAGING',
    hostname: `${newId()}.localhost`,
  } as const;
  return db.environment.create({ data: { ...own, processes: { create: web } } });
}

async function goLive(environment: Environment, branch: string, row: Parameters<typeof aDeployment>[2] = {}) {
  const { engine } = house;
  engine.publish(branch, says(branch));
  const { id } = await aDeployment(engine, environment, { ref: branch, ...row });
  await deploy(engine, id, never);
  return house.row(id);
}

/** As environmentDelete leaves it, with its time over since a second, or that many seconds to go. */
async function remove({ id }: Environment, secondsToGo = -1): Promise<void> {
  const deletesAt = new Date(Date.now() + secondsToGo * 1_000);
  await house.engine.db.environment.update({ where: { id }, data: { deletesAt, desiredState: 'STOPPED' } });
}

test('an environment whose time is over goes with all that is its own, and what was promoted from it serves on', async () => {
  const { engine, environment } = house;
  const stage = await staging();
  const first = await goLive(stage, 'one');
  const promoted = await goLive(environment, 'one', {
    trigger: 'PROMOTE',
    promotedFromId: first.id,
    releaseId: first.releaseId,
  });
  const second = await goLive(stage, 'two');
  const again = { trigger: 'ROLLBACK', rollbackOfId: first.id, releaseId: first.releaseId } as const;
  await goLive(stage, 'one', again);
  const line = { at: new Date(), source: 'STDOUT', message: 'hello', deploymentId: first.id } as const;
  await engine.logs.append(runtimeLogOf(stage.id), stage.organizationId, [line]);
  await remove(stage);
  await eraseEnvironment(engine, stage.id, never);

  const { db, builder, logs } = engine;
  expect(house.running()).toEqual([promoted.id]);
  expect((await house.visit()).body).toBe('one');
  expect(await house.row(promoted.id)).toMatchObject({
    serving: 'LIVE',
    releaseId: first.releaseId,
    promotedFromId: null,
  });
  expect(await builder.has(first.release?.imageId ?? '')).toBe(true);
  expect(await builder.has(second.release?.imageId ?? '')).toBe(false);
  expect(await db.release.findMany({ select: { id: true }, where: { projectId: stage.projectId } })).toEqual([
    { id: first.releaseId },
  ]);
  const at = { environmentId: stage.id };
  expect([await db.deployment.count({ where: at }), await db.route.count({ where: at })]).toEqual([0, 0]);
  expect(await db.environment.count({ where: { id: stage.id } })).toBe(0);
  for (const stream of [runtimeLogOf(stage.id), buildLogOf(first.id)]) {
    expect((await logs.read(stream, { limit: 1 })).lines).toEqual([]);
  }
  expect((await engine.edge.visit(stage.hostname)).status).toBe(404);
  expect((await house.events()).at(-1)).toBe('environment.erased');
  const targetId = publicId('Environment', stage.id);
  expect(await db.auditEvent.findMany({ where: { targetId } })).toMatchObject([{ action: 'environment.erased' }]);
  await eraseEnvironment(engine, stage.id, never);
});

test('one that can be restored stays, and so does one in which a deployment still ends', async () => {
  const { engine } = house;
  const stage = await staging();
  await goLive(stage, 'one');
  await remove(stage, 60);
  await eraseEnvironment(engine, stage.id, never);
  const { id } = await aDeployment(engine, stage, { status: 'DEPLOYING' });
  await remove(stage);
  await eraseEnvironment(engine, stage.id, never);
  expect(await engine.db.deployment.count({ where: { environmentId: stage.id } })).toBe(2);
  await engine.db.deployment.update({ where: { id }, data: { status: 'CANCELED' } });
  await eraseEnvironment(engine, stage.id, never);
  expect(await engine.db.environment.count({ where: { id: stage.id } })).toBe(0);
});

test('reconcile asks for environments whose time is over, and for no others; none counts against the slice', async () => {
  const { engine } = house;
  const asked: string[] = [];
  const ask = async (name: string, id: string) => void asked.push(`${name} ${id}`);
  const listening = { ...engine, jobs: { ...engine.jobs, ask } };
  const stage = await staging();
  await engine.db.process.updateMany({ where: { environmentId: stage.id }, data: { desiredInstances: 20 } });
  await remove(stage, 60);
  expect(await goLive(house.environment, 'one')).toMatchObject({ status: 'READY' });
  await reconcile(listening);
  expect(asked.filter((job) => job.startsWith('erase'))).toEqual([]);
  await remove(stage);
  await reconcile(listening);
  expect(asked.filter((job) => job.startsWith('erase'))).toEqual([`erase-environment ${stage.id}`]);
});
