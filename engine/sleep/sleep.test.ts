import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { until } from '@apployd/backplane/testing/until';
import { reconcile } from '../testing/reconcile.js';
import { aDeployment, anEnvironment } from '../testing/a-deployment.js';
import { deploy } from '../deploy/deploy.js';
import { resize } from '../instance/resize.js';
import { bringBack } from '../instance/bring-back.js';
import { stopEnvironment } from '../instance/stop-environment.js';
import { lookAtHealth } from '../instance/watch-health.js';
import { retire } from '../deploy/retire.js';
import { leadToLive } from '../route/lead-to-live.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { fallAsleep } from './fall-asleep.js';
import { followSleep } from './follow-sleep.js';
import { putToSleep } from './put-to-sleep.js';
import { wakeUp } from './wake-up.js';

const house = useEngine();

const row = () => house.engine.db.environment.findUniqueOrThrow({ where: { id: house.environment.id } });
const route = () => house.engine.db.route.findUniqueOrThrow({ where: { hostname: house.environment.hostname } });
const change = (data: Parameters<typeof house.engine.db.environment.update>[0]['data']) =>
  house.engine.db.environment.update({ where: { id: house.environment.id }, data });
const sleepAt = async (desiredState: 'LIGHT_SLEEP' | 'DEEP_SLEEP') => {
  await change({ desiredState });
  await putToSleep(house.engine, house.environment.id, never);
};
/** As the engine, but every pause is over at once and takes three seconds. */
const hasty = () => {
  let slept = 0;
  const clock = {
    now: () => new Date(Date.now() + slept),
    sleep: async () => {
      slept += 3_000;
    },
  };
  return { ...house.engine, clock };
};
const wakes = async () => {
  await change({ desiredState: 'RUNNING', wakeAskedAt: new Date() });
  await wakeUp(house.engine, house.environment.id, never);
};
const states = async (id: string) => (await house.row(id)).instances.map(({ state }) => state);
const active = (lastActiveAt: Date) => {
  const where = { environmentId: house.environment.id };
  return house.engine.db.activity.upsert({ where, create: { ...where, lastActiveAt }, update: { lastActiveAt } });
};
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

test('in a light sleep visitors are held and what runs is frozen; the same instance goes on once it is woken', async () => {
  const { engine } = house;
  const live = await house.goLive('app');
  const [id = ''] = live.instances.map((one) => one.id);
  await sleepAt('LIGHT_SLEEP');
  expect(await row()).toMatchObject({ observedState: 'LIGHT_SLEEP', asleepSince: expect.any(Date) });
  expect(await route()).toMatchObject({ asleep: true, targets: [] });
  expect(await engine.runtime.inspect(id)).toEqual({ state: 'asleep' });
  await wakes();
  expect(await row()).toMatchObject({ observedState: 'RUNNING', asleepSince: null, wakeAskedAt: null });
  expect(await route()).toMatchObject({ asleep: false, targets: [expect.any(String)] });
  await until(async () => (await house.visit()).body === 'app');
  expect(await states(live.id)).toEqual(['RUNNING']);
  const recent = (await house.events()).filter((type) => /slept|woke/.test(type));
  expect(recent).toEqual(['environment.slept', 'environment.woke']);
  expect(await engine.db.wake.findMany({ where: { environmentId: house.environment.id } })).toMatchObject([
    { depth: 'LIGHT_SLEEP', tookMs: expect.any(Number) },
  ]);
});

test('in a deep sleep nothing runs, and the instance is started again under its row', async () => {
  const live = await house.goLive('app');
  await sleepAt('DEEP_SLEEP');
  expect(house.engine.machine.instances.size).toBe(0);
  expect(await states(live.id)).toEqual(['ASLEEP']);
  await wakes();
  await until(async () => (await house.visit()).body === 'app');
  expect(await states(live.id)).toEqual(['RUNNING']);
});

test('an instance that is taken away while it is started again is ended, and is not waited for', async () => {
  const { engine } = house;
  const live = await house.goLive('app');
  await sleepAt('DEEP_SLEEP');
  const [id = ''] = live.instances.map((one) => one.id);
  const start: typeof engine.runtime.start = async (request) => {
    const started = await engine.runtime.start(request);
    await engine.db.instance.update({ where: { id }, data: { state: 'STOPPED' } });
    return started;
  };
  await change({ desiredState: 'RUNNING', wakeAskedAt: new Date() });
  await wakeUp({ ...engine, runtime: { ...engine.runtime, start } }, house.environment.id, never);
  expect(engine.machine.instances.size).toBe(0);
  expect(await states(live.id)).toEqual(['STOPPED']);
});

test('a light sleep goes over into a deep one without letting anybody in', async () => {
  await house.goLive('app');
  await sleepAt('LIGHT_SLEEP');
  const { version } = await route();
  await sleepAt('DEEP_SLEEP');
  expect(await row()).toMatchObject({ observedState: 'DEEP_SLEEP' });
  expect(await route()).toMatchObject({ asleep: true, version });
  expect(house.engine.machine.instances.size).toBe(0);
});

test('who sleeps is not taken for dead: reconcile, health checks, new limits and a crash watch leave it alone', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  await sleepAt('LIGHT_SLEEP');
  const before = await row();
  await reconcile(engine);
  await bringBack(engine, environment.id, never);
  await resize(engine, environment.id, never);
  await (
    await lookAtHealth(engine, new Map(), never)
  ).done;
  expect(await row()).toEqual(before);
  expect(await states(live.id)).toEqual(['ASLEEP']);
  expect(await route()).toMatchObject({ asleep: true });
});

test('who is being served is never put to sleep', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  await active(new Date(Date.now() + 60_000));
  await change({ desiredState: 'LIGHT_SLEEP' });
  await putToSleep(hasty(), environment.id, never);
  expect(await row()).toMatchObject({
    desiredState: 'RUNNING',
    observedState: 'RUNNING',
    stateReason: null,
    wokenAt: expect.any(Date),
  });
  expect(await house.events()).toContain('environment.stayed_awake');
  expect(await route()).toMatchObject({ asleep: false });
  expect((await engine.runtime.list()).every(({ running }) => running)).toBe(true);
  expect((await house.visit()).body).toBe('app');
});

test('who asks while it falls asleep keeps it awake', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  engine.edge.follows = false;
  await change({ desiredState: 'LIGHT_SLEEP' });
  const falling = putToSleep(engine, environment.id, never);
  await until(async () => (await route()).asleep);
  await change({ desiredState: 'RUNNING', wakeAskedAt: new Date() });
  engine.edge.follows = true;
  await falling;
  expect(await row()).toMatchObject({ desiredState: 'RUNNING', observedState: 'RUNNING', wakeAskedAt: null });
  await until(async () => (await house.visit()).body === 'app');
});

test('nothing falls asleep by itself while an edge is silent or does not tell who is served; one silent for an hour is gone', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  await engine.db.project.update({ where: { id: environment.projectId }, data: { settings: { autoSleepMinutes: 5 } } });
  await change({ createdAt: ago(90) });
  await engine.db.deployment.update({ where: { id: live.id }, data: { finishedAt: ago(60) } });
  const id = newId();
  const seen = { url: 'http://127.0.0.1:9', startedAt: ago(90), heartbeatAt: ago(1), reportedAt: ago(1) };
  await engine.db.edge.create({ data: { id, name: id, ...seen } });
  const wants = async (edge: { heartbeatAt?: Date; reportedAt?: Date | null }) => {
    await engine.db.edge.update({ where: { id }, data: edge });
    await fallAsleep(engine);
    return (await row()).desiredState;
  };
  expect(await wants({})).toBe('RUNNING');
  expect(await wants({ heartbeatAt: new Date(), reportedAt: null })).toBe('RUNNING');
  expect(await wants({ heartbeatAt: ago(61) })).toBe('LIGHT_SLEEP');
  await engine.db.edge.update({ where: { id }, data: { heartbeatAt: ago(1) } });
  await putToSleep(hasty(), environment.id, never);
  expect(await row()).toMatchObject({ desiredState: 'RUNNING', observedState: 'RUNNING' });
  await engine.db.edge.delete({ where: { id } });
});

test('what stays awake says why: somebody is served, or an edge is silent, of an older version, late, or does not follow', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  const id = newId();
  const seen = { url: 'http://127.0.0.1:9', startedAt: ago(90), appliedVersion: 1_000_000n };
  await engine.db.edge.create({ data: { id, name: id, ...seen, heartbeatAt: new Date() } });
  type Edge = { heartbeatAt: Date; reportedAt: Date | null; appliedVersion?: bigint };
  const whyAfter = async (edge: Edge, routeTimeoutMs = engine.settings.routeTimeoutMs) => {
    await engine.db.edge.update({ where: { id }, data: edge });
    await change({ desiredState: 'LIGHT_SLEEP' });
    await putToSleep({ ...hasty(), settings: { ...engine.settings, routeTimeoutMs } }, environment.id, never);
    expect(await row()).toMatchObject({ desiredState: 'RUNNING', observedState: 'RUNNING' });
    const where = { streamId: environment.projectId, type: 'environment.stayed_awake' };
    return (await engine.db.event.findFirst({ where, orderBy: { sequence: 'desc' } }))?.data;
  };
  const later = new Date(Date.now() + 60_000);
  expect(await whyAfter({ heartbeatAt: ago(1), reportedAt: ago(1) })).toMatchObject({
    reason: expect.stringMatching(/is silent/) as unknown,
  });
  expect(await whyAfter({ heartbeatAt: later, reportedAt: null })).toMatchObject({
    reason: expect.stringMatching(/older version/) as unknown,
  });
  engine.edge.follows = false;
  expect(await whyAfter({ heartbeatAt: ago(1), reportedAt: ago(1) }, 100)).toMatchObject({
    reason: expect.stringMatching(/is silent/) as unknown,
  });
  engine.edge.follows = true;
  // It is alive, and what it has reported is from before visitors were held.
  expect(await whyAfter({ heartbeatAt: later, reportedAt: ago(1) })).toMatchObject({
    reason: expect.stringMatching(/in time who is served/) as unknown,
  });
  await active(later);
  expect(await whyAfter({ heartbeatAt: later, reportedAt: later })).toMatchObject({
    reason: expect.stringMatching(/was still being served/) as unknown,
  });
  expect(await whyAfter({ heartbeatAt: later, reportedAt: later, appliedVersion: 0n }, 100)).toMatchObject({
    reason: expect.stringMatching(/holds visitors/) as unknown,
  });
  await engine.db.edge.delete({ where: { id } });
});

test('what was cut short on its way to sleep looks again who is served before it freezes anything', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  engine.edge.follows = false;
  await change({ desiredState: 'LIGHT_SLEEP' });
  const cut = new AbortController();
  const falling = putToSleep(engine, environment.id, cut.signal);
  await until(async () => (await route()).asleep);
  cut.abort(new Error('killed'));
  await expect(falling).rejects.toThrow('killed');
  expect(await engine.runtime.inspect(live.instances[0]?.id ?? '')).toMatchObject({ state: 'running' });
  engine.edge.follows = true;
  await active(new Date(Date.now() + 60_000));
  await putToSleep(hasty(), environment.id, never);
  expect(await row()).toMatchObject({ desiredState: 'RUNNING' });
});

test('a try to sleep that was cut short half frozen, and finds somebody served the next time, wakes before it lets anybody in', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  const [id = ''] = live.instances.map((one) => one.id);
  await change({ desiredState: 'LIGHT_SLEEP' });
  const sleep: typeof engine.runtime.sleep = async (instanceId) => {
    await engine.runtime.sleep(instanceId);
    throw new Error('killed');
  };
  const dying = { ...hasty(), runtime: { ...engine.runtime, sleep } };
  await expect(putToSleep(dying, environment.id, never)).rejects.toThrow('killed');
  await active(new Date(Date.now() + 60_000));
  await putToSleep(hasty(), environment.id, never);
  expect(await row()).toMatchObject({ desiredState: 'RUNNING', wakeAskedAt: expect.any(Date) });
  expect(await route()).toMatchObject({ asleep: true });
  await wakeUp(engine, environment.id, never);
  expect(await engine.runtime.inspect(id)).toMatchObject({ state: 'running' });
  await until(async () => (await house.visit()).body === 'app');
});

test('what sleeps while all say that it runs is woken once its instances are looked at', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  await sleepAt('LIGHT_SLEEP');
  await change({ desiredState: 'RUNNING', observedState: 'RUNNING', wakeAskedAt: null });
  await reconcile(engine);
  await bringBack(engine, environment.id, never);
  expect(await row()).toMatchObject({ wakeAskedAt: expect.any(Date) });
  await wakeUp(engine, environment.id, never);
  await until(async () => (await house.visit()).body === 'app');
});

test('a wake that ends while a deployment switches visitors does not send them back, and one that did is undone', async () => {
  const { engine, environment } = house;
  const former = await house.goLive('old');
  engine.publish('new', says('new'));
  const next = await aDeployment(engine, environment, { ref: 'new' });
  await sleepAt('LIGHT_SLEEP');
  engine.edge.follows = false;
  const deploying = deploy(engine, next.id, never);
  await until(async () => (await route()).deploymentId === next.id);
  await wakes();
  expect(await route()).toMatchObject({ deploymentId: next.id });
  // As a wake of an older engine did.
  await engine.db.$transaction((tx) => leadToLive(tx, environment.id));
  engine.edge.follows = true;
  await deploying;
  expect(await route()).toMatchObject({ deploymentId: next.id, asleep: false });
  await retire(engine, former.id);
  await until(async () => (await house.visit()).body === 'new');
});

test('an instance that cannot be woken is removed, and another is brought in its place while visitors wait', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  await sleepAt('LIGHT_SLEEP');
  engine.machine.instances.clear();
  engine.machine.apps.delete(live.release?.imageId ?? '');
  await wakes();
  expect(await states(live.id)).toEqual(['STOPPED']);
  expect(await route()).toMatchObject({ asleep: true });
  expect(await engine.jobs.isAsked('bring-back', environment.id)).toBe(true);
  engine.machine.apps.set(live.release?.imageId ?? '', says('again'));
  await bringBack(engine, environment.id, never);
  await until(async () => (await house.visit()).body === 'again');
  expect(await row()).toMatchObject({ observedState: 'RUNNING', asleepSince: null });
  expect(await route()).toMatchObject({ asleep: false });
});

test('a restart that was asked for in its sleep brings new instances', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  await sleepAt('LIGHT_SLEEP');
  await change({ generation: { increment: 1 } });
  await wakes();
  await bringBack(engine, environment.id, never);
  expect((await states(live.id)).sort()).toEqual(['RUNNING', 'STOPPED']);
});

test('a deployment to what sleeps goes live awake, and what slept is retired', async () => {
  const { engine } = house;
  const former = await house.goLive('old');
  await sleepAt('LIGHT_SLEEP');
  await house.goLive('new');
  expect(await row()).toMatchObject({ desiredState: 'RUNNING', observedState: 'RUNNING', asleepSince: null });
  expect((await house.visit()).body).toBe('new');
  await retire(engine, former.id);
  expect(await states(former.id)).toEqual(['STOPPED']);
});

test('a visitor wakes what sleeps also while a deployment is being built', async () => {
  const { engine, environment } = house;
  await house.goLive('old');
  await sleepAt('LIGHT_SLEEP');
  engine.publish('new', says('new'));
  const waiting = await aDeployment(engine, environment, { ref: 'new', status: 'BUILDING' });
  await engine.leases.hold(`environment:${environment.id}`, 5_000, wakes);
  await until(async () => (await house.visit()).body === 'old');
  await deploy(engine, waiting.id, never);
  expect((await house.visit()).body).toBe('new');
});

test('what sleeps can be stopped', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  await sleepAt('LIGHT_SLEEP');
  await change({ desiredState: 'STOPPED' });
  await stopEnvironment(engine, environment.id, never);
  expect(await row()).toMatchObject({ observedState: 'STOPPED' });
  expect(await states(live.id)).toEqual(['STOPPED']);
  expect(await route()).toMatchObject({ asleep: false, targets: [] });
});

test('what is stopped while it falls asleep is stopped, and does not sleep', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  await change({ desiredState: 'DEEP_SLEEP' });
  const stop = async () => {
    await change({ desiredState: 'STOPPED' });
    await stopEnvironment(engine, environment.id, never);
  };
  const runtime = {
    ...engine.runtime,
    stop: async (...call: Parameters<typeof engine.runtime.stop>) => {
      await engine.runtime.stop(...call);
      if ((await row()).desiredState !== 'STOPPED') await stop();
    },
  };
  await putToSleep({ ...engine, runtime }, environment.id, never);
  expect(await row()).toMatchObject({ desiredState: 'STOPPED', observedState: 'STOPPED' });
  expect(await house.events()).not.toContain('environment.slept');
});

test('many that are to wake are woken few at a time, each once, those first that were asked for first', async () => {
  const { engine } = house;
  engine.publish('app', says('app'));
  const ids: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    const environment = await anEnvironment(engine);
    await deploy(engine, (await aDeployment(engine, environment, { ref: 'app' })).id, never);
    await engine.db.environment.update({ where: { id: environment.id }, data: { desiredState: 'LIGHT_SLEEP' } });
    await putToSleep(engine, environment.id, never);
    ids.unshift(environment.id);
  }
  let [now, mostAtOnce] = [0, 0];
  const woken: string[] = [];
  const wake: typeof engine.runtime.wake = async (instanceId) => {
    mostAtOnce = Math.max(mostAtOnce, (now += 1));
    const { environmentId } = await engine.db.instance.findUniqueOrThrow({ where: { id: instanceId } });
    woken.push(environmentId);
    now -= 1;
    return engine.runtime.wake(instanceId);
  };
  for (const [i, id] of ids.entries()) {
    const wakeAskedAt = new Date(Date.now() - 10_000 + i);
    await engine.db.environment.update({ where: { id }, data: { desiredState: 'RUNNING', wakeAskedAt } });
  }
  const stop = new AbortController();
  const settings = { ...engine.settings, wakesAtOnce: 2 };
  const following = followSleep({ ...engine, settings, runtime: { ...engine.runtime, wake } }, stop.signal);
  const asleep = { id: { in: ids }, observedState: { not: 'RUNNING' } } as const;
  await until(async () => (await engine.db.environment.count({ where: asleep })) === 0);
  stop.abort();
  await following;
  expect([...woken].sort()).toEqual([...ids].sort());
  expect(new Set(woken.slice(0, 2))).toEqual(new Set(ids.slice(0, 2)));
  expect(mostAtOnce).toBeLessThanOrEqual(2);
});

test('what had no visitor for as long as its settings say is to sleep, counted from the last one, its waking or its deployment', async () => {
  const { engine, environment } = house;
  const settle = (settings: object) =>
    engine.db.project.update({ where: { id: environment.projectId }, data: { settings } });
  const live = await house.goLive('app');
  const wants = async () => {
    await fallAsleep(engine);
    return (await row()).desiredState;
  };
  const old = { createdAt: ago(90) };
  await change(old);
  await engine.db.deployment.update({ where: { id: live.id }, data: { finishedAt: ago(60) } });
  expect(await wants()).toBe('RUNNING'); // its plan and its project let it
  await settle({ autoSleepMinutes: 61 });
  expect(await wants()).toBe('RUNNING');
  await settle({ autoSleepMinutes: 30 });
  await active(ago(29));
  expect(await wants()).toBe('RUNNING');
  await active(ago(31));
  await change({ keepAwakeUntil: new Date(Date.now() + 60_000) });
  expect(await wants()).toBe('RUNNING');
  await change({ keepAwakeUntil: null, wokenAt: ago(10) });
  expect(await wants()).toBe('RUNNING');
  await change({ wokenAt: ago(31) });
  const waiting = await aDeployment(engine, environment);
  expect(await wants()).toBe('RUNNING');
  await engine.db.deployment.update({ where: { id: waiting.id }, data: { status: 'CANCELED' } });
  expect(await wants()).toBe('LIGHT_SLEEP');
  expect(await row()).toMatchObject({ stateReason: 'It had no visitor for 30 minutes. The next one wakes it.' });
  await change({ observedState: 'LIGHT_SLEEP', asleepSince: ago(59) });
  expect(await wants()).toBe('LIGHT_SLEEP');
  await change({ asleepSince: ago(61) });
  expect(await wants()).toBe('DEEP_SLEEP');
  await change({ desiredState: 'RUNNING', observedState: 'RUNNING' });
  await settle({ autoSleepMinutes: 30, deepSleepMinutes: 0 });
  expect(await wants()).toBe('DEEP_SLEEP');
});

test('what was started again, by hand or after it had ended, or has recovered, does not fall asleep before its time has passed anew', async () => {
  const { engine, environment } = house;
  const { projectId } = environment;
  await engine.db.project.update({ where: { id: projectId }, data: { settings: { autoSleepMinutes: 30 } } });
  const live = await house.goLive('app');
  await engine.db.deployment.update({ where: { id: live.id }, data: { finishedAt: ago(60) } });
  const wantsAfter = async (happens: () => Promise<unknown>) => {
    await change({ createdAt: ago(90), wokenAt: ago(60), desiredState: 'RUNNING' });
    await happens();
    await fallAsleep(engine);
    return (await row()).desiredState;
  };
  const back = () => bringBack(engine, environment.id, never);
  const start = async () => {
    await change({ desiredState: 'STOPPED' });
    await stopEnvironment(engine, environment.id, never);
    await change({ desiredState: 'RUNNING' });
    await back();
  };
  const reboot = () => {
    for (const instance of engine.machine.instances.values()) instance.exit(137);
    return back();
  };
  const recover = async () => {
    await change({ observedState: 'CRASHED' });
    await back();
  };
  expect(await wantsAfter(start)).toBe('RUNNING');
  expect(await wantsAfter(reboot)).toBe('RUNNING');
  expect(await wantsAfter(recover)).toBe('RUNNING');
  expect(await wantsAfter(back)).toBe('LIGHT_SLEEP');
});
