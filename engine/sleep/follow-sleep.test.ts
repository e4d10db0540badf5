import { expect, test } from 'vitest';
import type { Clock } from '@apployd/core/clock';
import { until } from '@apployd/backplane/testing/until';
import type { Engine } from '../engine.js';
import { aSleeper } from '../testing/a-sleeper.js';
import { anEnvironment } from '../testing/a-deployment.js';
import { says, useEngine } from '../testing/use-engine.js';
import { followSleep } from './follow-sleep.js';

const house = useEngine();

/** Time stands still: what pauses goes on only when it is told to end. */
const frozenClock: Clock = {
  now: () => new Date(0),
  sleep: (_, signal) =>
    new Promise((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
    ),
};

/** Sleepers of one organization, which answer, or never do. */
async function sleepersOf(kind: 'quick' | 'slow', count: number, depth?: 'LIGHT_SLEEP') {
  const { engine } = house;
  engine.machine.apps.set('fake:quick', says('app')).set('fake:slow', () => undefined);
  const neighbour = await anEnvironment(engine);
  const settings = { healthCheckTimeoutMs: 600_000 };
  const sleeper = { neighbour, imageId: `fake:${kind}`, settings, depth };
  return (await Promise.all(Array.from({ length: count }, () => aSleeper(engine, sleeper)))).map(({ id }) => id);
}

async function askToWake(ids: readonly string[]) {
  const asks = ids.map((id, i) => {
    const wakeAskedAt = new Date(Date.now() - 60_000 + i);
    return house.engine.db.environment.update({ where: { id }, data: { desiredState: 'RUNNING', wakeAskedAt } });
  });
  await Promise.all(asks);
}

const areAwake = async (ids: readonly string[]) =>
  (await house.engine.db.environment.count({ where: { id: { in: [...ids] }, observedState: 'RUNNING' } })) ===
  ids.length;

/** Who is worked on, in order, and how many at once there were at most: of all, and of each organization. */
function watched(engine: Engine, organizationOf: (id: string) => string) {
  const [now, began]: [string[], string[]] = [[], []];
  const most = new Map<string, number>();
  const count = (who: string, so: number) => most.set(who, Math.max(most.get(who) ?? 0, so));
  const hold: Engine['leases']['hold'] = (key, ttlMs, work) => {
    const id = key.slice('sleep:'.length);
    const organization = organizationOf(id);
    began.push(id);
    now.push(organization);
    count('all', now.length);
    count(organization, now.filter((one) => one === organization).length);
    return engine.leases.hold(key, ttlMs, work).finally(() => now.splice(now.indexOf(organization), 1));
  };
  return { engine: { ...engine, leases: { ...engine.leases, hold } }, began, now, most };
}

async function following(engine: Engine, work: () => Promise<void>) {
  const stop = new AbortController();
  const over = followSleep(engine, stop.signal);
  await work().finally(() => stop.abort());
  await over;
}

test(
  'fifty that are visited at once are all woken, each once, never more at a time than there are places, none with more than half',
  { timeout: 120_000 },
  async () => {
    const organizations = [await sleepersOf('quick', 30), await sleepersOf('quick', 15), await sleepersOf('quick', 5)];
    const all = organizations.flat();
    const organizationOf = (id: string) => String(organizations.findIndex((ids) => ids.includes(id)));
    await askToWake(all);
    const settings = { ...house.engine.settings, wakesAtOnce: 6 };
    const watch = watched({ ...house.engine, settings }, organizationOf);
    const isOver = () => watch.began.length >= all.length && watch.now.length === 0;
    await following(watch.engine, () => expect.poll(isOver, { timeout: 90_000 }).toBe(true));
    expect(await areAwake(all)).toBe(true);
    expect([...watch.began].sort()).toEqual([...all].sort());
    expect(Object.fromEntries(watch.most)).toMatchObject({ all: 6, 0: 3, 1: 3 });
    expect(watch.most.get('2')).toBeLessThanOrEqual(3);
    for (const ids of organizations) expect(watch.began.filter((id) => ids.includes(id))).toEqual(ids);
  },
);

test('an organization whose apps take minutes to come up keeps nobody else asleep, also when all of its own were asked for first', async () => {
  const slow = await sleepersOf('slow', 30);
  const quick = await sleepersOf('quick', 3);
  await askToWake([...slow, ...quick]);
  const watch = watched({ ...house.engine, clock: frozenClock }, () => '');
  await following(watch.engine, async () => {
    await until(() => areAwake(quick), 'the others to be awake');
    expect(watch.began.filter((id) => slow.includes(id))).toEqual(slow.slice(0, house.engine.settings.wakesAtOnce / 2));
  });
});

test('who sleeps lightly is woken while every place of those that have to be started is taken', async () => {
  const slow = [...(await sleepersOf('slow', 2)), ...(await sleepersOf('slow', 2))];
  const light = await sleepersOf('quick', 2, 'LIGHT_SLEEP');
  await askToWake(slow);
  const watch = watched({ ...house.engine, clock: frozenClock }, () => '');
  await following(watch.engine, async () => {
    await until(() => slow.every((id) => watch.began.includes(id)));
    await askToWake(light);
    await until(() => areAwake(light), 'those that slept lightly to be awake');
    expect(await areAwake(slow.slice(0, 1))).toBe(false);
  });
});
