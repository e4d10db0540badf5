import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { aDeployment } from '../testing/a-deployment.js';
import { useEngine } from '../testing/use-engine.js';
import { makeRoom } from './make-room.js';
import { retireReleases } from './retire-releases.js';

const house = useEngine();

const keep = (keepReleases: number) =>
  house.engine.db.project.update({
    where: { id: house.environment.projectId },
    data: { settings: { healthCheckTimeoutMs: 1_000, keepReleases } },
  });
const servingOf = async (...ids: string[]) => Promise.all(ids.map(async (id) => (await house.row(id)).serving));
const findings = () => Object.fromEntries(house.engine.findings.counts);
/** So full the disk is, look by look; the last one stays. */
const disks = (...percents: number[]) => ({
  ...house.engine,
  diskUse: async () => (percents.length > 1 ? percents.shift() : percents[0]) ?? 0,
});

test('as many releases are kept as the project says, the live one among them; older ones go with their images', async () => {
  const { engine } = house;
  const one = await house.goLive('one');
  const two = await house.goLive('two');
  const three = await house.goLive('three');
  await retireReleases(engine);
  expect(await servingOf(one.id, two.id, three.id)).toEqual(['STANDBY', 'STANDBY', 'LIVE']);
  await keep(2);
  await retireReleases(engine);
  await makeRoom(engine);
  expect(await servingOf(one.id, two.id, three.id)).toEqual(['RETIRED', 'STANDBY', 'LIVE']);
  expect(await Promise.all([one, two, three].map(({ id }) => engine.builder.has(id)))).toEqual([false, true, true]);
  expect(findings()).toEqual({ 'image.without-release': 1 });
  expect((await house.visit()).body).toBe('three');
});

test('a release that is live, or that a rollback is just bringing back, is kept however old it is', async () => {
  const { engine, environment } = house;
  const one = await house.goLive('one');
  const two = await house.goLive('two');
  const three = await house.goLive('three');
  await keep(1);
  await engine.db.deployment.update({ where: { id: three.id }, data: { serving: 'STANDBY' } });
  await engine.db.deployment.update({ where: { id: one.id }, data: { serving: 'LIVE' } });
  const rollback = await aDeployment(engine, environment, { trigger: 'ROLLBACK', releaseId: two.releaseId });
  await retireReleases(engine);
  await makeRoom(engine);
  expect(await servingOf(one.id, two.id, three.id)).toEqual(['LIVE', 'STANDBY', 'RETIRED']);
  expect(await Promise.all([one, two].map(({ id }) => engine.builder.has(id)))).toEqual([true, true]);
  await engine.db.deployment.delete({ where: { id: rollback.id } });
});

test('an image that no deployment knows goes after its time, and sooner while a disk is too full, until there is room', async () => {
  const { engine } = house;
  const { machine, builder } = engine;
  const strangers = [newId(), newId()];
  for (const id of strangers) machine.apps.set(id, () => undefined);
  const left = () => strangers.filter((id) => machine.apps.has(id)).length;
  await makeRoom(engine);
  expect(left()).toBe(2);
  // Too full when looked at first and before the first removal; there is room afterwards.
  await makeRoom(disks(99, 99, 50));
  expect(left()).toBe(1);
  expect(findings()).toMatchObject({ 'disk.too-full': 1 });
  expect(engine.said.some((line) => line.includes('was removed before its time'))).toBe(true);
  await makeRoom(disks(99));
  expect(left()).toBe(0);
  expect(engine.said.some((line) => line.includes('nothing is left that could be removed'))).toBe(true);
  const old = newId();
  machine.apps.set(old, () => undefined);
  builder.builtAt = new Date(Date.now() - engine.settings.buildCacheMs - 1_000);
  await makeRoom(engine);
  expect(machine.apps.has(old)).toBe(false);
});

test('while a disk is too full, steps of builds are kept for an hour only', async () => {
  const { engine } = house;
  const long = { ...engine, settings: { ...engine.settings, buildCacheMs: 72 * 3_600_000 } };
  await makeRoom(long);
  await makeRoom({ ...long, diskUse: async () => 99 });
  expect(engine.builder.forgotten).toEqual([72 * 3_600_000, 3_600_000]);
});
