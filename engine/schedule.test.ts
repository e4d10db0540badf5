import { expect, test } from 'vitest';
import { deferred } from '@apployd/backplane/testing/deferred';
import { registerServer } from './register-server.js';
import { startSchedule, type Recurring } from './schedule.js';
import { beginDue } from './schedule/begin-due.js';
import { noteSchedule } from './schedule/note-schedule.js';
import { runDue } from './schedule/run-due.js';
import { never, useEngine } from './testing/use-engine.js';

const house = useEngine();
const patience = { timeout: 15_000 };

test('an engine that starts says that it is there, reconciles, and forgets steps of builds that are too old', async () => {
  const { engine } = house;
  const { serverId, buildCacheMs } = engine.settings;
  const server = () => engine.db.server.findUniqueOrThrow({ where: { id: serverId } });
  const before = await server();
  await engine.db.server.update({ where: { id: serverId }, data: { status: 'UNREACHABLE' } });
  const ending = new AbortController();
  try {
    startSchedule(engine, ending.signal);
    await expect.poll(async () => (await server()).heartbeatAt, patience).not.toEqual(before.heartbeatAt);
    await expect.poll(async () => (await server()).status, patience).toBe('READY');
    await expect.poll(() => engine.builder.forgotten, patience).toEqual([buildCacheMs]);
    const runs = async () => (await engine.db.scheduledWork.findMany()).filter(({ finishedAt }) => finishedAt);
    await expect
      .poll(async () => (await runs()).map(({ name }) => name).sort(), patience)
      .toEqual([
        'advance rollouts',
        'check domains',
        'end pointless rollouts',
        'fall asleep',
        'forget old lines and events',
        'forget old reports',
        'forget old uploads',
        'forget old usage',
        'forget old wakes',
        'forget what has expired',
        'hold to bandwidth',
        'keep certificates',
        'reconcile rows',
        'report overage',
        'retire old releases',
        'settle billing',
        'wake by schedule',
        'warn of bandwidth',
        'warn of certificates',
      ]);
  } finally {
    ending.abort();
  }
});

/** Another engine on the same rows. */
async function another() {
  const { engine } = house;
  const serverId = await registerServer(engine.db, { name: 'another', runtime: 'fake' }, new Date());
  return { ...engine, settings: { ...engine.settings, serverId } };
}

const row = (name: string) => house.engine.db.scheduledWork.findUniqueOrThrow({ where: { name } });
const makeDue = (name: string) =>
  house.engine.db.scheduledWork.update({ where: { name }, data: { nextRunAt: new Date(0) } });

test('of several engines one does what is due, once, and nobody before it is due again', async () => {
  const engines = [house.engine, await another()];
  let runs = 0;
  const work: Recurring = { name: 'count', everyMs: 3_600_000, run: async () => void (runs += 1) };
  const turns = () => Promise.all([...engines, ...engines].map((engine) => runDue(engine, work, never)));
  await Promise.all(engines.map((engine) => noteSchedule(engine, [work])));
  await turns();
  await turns();
  expect(runs).toBe(1);
  await noteSchedule(house.engine, [work]);
  await turns();
  expect(runs).toBe(1);
  await makeDue('count');
  await turns();
  expect(runs).toBe(2);
});

test('one look begins all that is due, each on its own, and nothing twice', async () => {
  const { engine } = house;
  const slow = deferred<void>();
  const runs = { slow: 0, quick: 0 };
  const works: readonly Recurring[] = [
    { name: 'slow', everyMs: 1_000, run: () => ((runs.slow += 1), slow.promise) },
    { name: 'quick', everyMs: 3_600_000, run: async () => void (runs.quick += 1) },
    { name: 'later', everyMs: 3_600_000, run: () => Promise.reject(new Error('it is not due')) },
  ];
  await noteSchedule(engine, works);
  await engine.db.scheduledWork.update({
    where: { name: 'later' },
    data: { nextRunAt: new Date(Date.now() + 60_000) },
  });
  const look = beginDue(works);
  await look(engine, never);
  await expect.poll(() => runs, patience).toEqual({ slow: 1, quick: 1 });
  await expect.poll(async () => (await row('quick')).finishedAt, patience).not.toBeNull();
  await makeDue('quick');
  await engine.db.lease.deleteMany({ where: { key: 'schedule:slow' } });
  // What this engine has done is let go of a moment after its row says so.
  const quickAfterLook = async () => (await look(engine, never), runs.quick);
  await expect.poll(quickAfterLook, patience).toBe(2);
  expect(runs).toEqual({ slow: 1, quick: 2 });
  slow.resolve();
  expect((await row('later')).startedAt).toBeNull();
});

test('what an engine that died was at is done by the next, and the dead one changes nothing when it wakes', async () => {
  const { engine } = house;
  const begun = deferred<void>();
  const wake = deferred<void>();
  const name = 'cut short';
  const sleeping: Recurring = { name, everyMs: 1_000, run: () => (begun.resolve(), wake.promise) };
  await noteSchedule(engine, [sleeping]);
  const first = runDue(engine, sleeping, never);
  await begun.promise;
  let runs = 0;
  const work: Recurring = { name, everyMs: 3_600_000, run: async () => void (runs += 1) };
  await runDue(await another(), work, never);
  expect(runs).toBe(0);
  await engine.db.lease.updateMany({ where: { key: `schedule:${name}` }, data: { expiresAt: new Date(0) } });
  await runDue(await another(), work, never);
  expect(runs).toBe(1);
  const after = await row(name);
  wake.resolve();
  await first;
  expect(await row(name)).toEqual(after);
});

test('work that fails says why in its row and comes again at its interval; a shorter interval counts at once', async () => {
  const { engine } = house;
  const broken: Recurring = { name: 'broken', everyMs: 3_600_000, run: () => Promise.reject(new Error('no luck')) };
  await noteSchedule(engine, [broken]);
  await runDue(engine, broken, never);
  const { error, nextRunAt } = await row('broken');
  expect(error).toBe('no luck');
  expect(nextRunAt.getTime()).toBeGreaterThan(Date.now());
  await noteSchedule(engine, [{ ...broken, everyMs: 1_000 }]);
  expect((await row('broken')).nextRunAt.getTime()).toBeLessThan(Date.now() + 2_000);
});
