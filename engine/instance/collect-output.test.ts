import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Logs } from '@apployd/backplane/logs/logs';
import { postgresLogs } from '@apployd/backplane/logs/postgres';
import { until } from '@apployd/backplane/testing/until';
import { systemClock } from '@apployd/core/clock';
import { runtimeLogOf } from '@apployd/core/log-line';
import { putToSleep } from '../sleep/put-to-sleep.js';
import { wakeUp } from '../sleep/wake-up.js';
import { never, useEngine } from '../testing/use-engine.js';
import { collectOutput } from './collect-output.js';

const house = useEngine();
/** Those of the database, which has the cursors too. */
let logs: Logs;
beforeEach(() => {
  logs = postgresLogs(house.engine.db, { events: house.engine.events, log: house.engine.log });
});
afterEach(() => logs.close());

const theInstance = () => house.engine.db.instance.findFirstOrThrow({ where: { environmentId: house.environment.id } });

/** An app that is live and says what it is told to. */
async function aTalker() {
  let say: (message: string) => void = () => undefined;
  await house.goLive('talker', (app) => {
    say = (message) => app.print(message);
    app.serve((_, response) => response.end('ok'));
  });
  return (...messages: readonly string[]) => messages.forEach((message) => say(message));
}

/** What an engine does from its start to its end. */
function anEngineLife(store = logs, clock = systemClock) {
  const ending = new AbortController();
  const over = collectOutput({ ...house.engine, logs: store, clock }, ending.signal);
  return () => {
    ending.abort();
    return over;
  };
}

async function stored(): Promise<string[]> {
  const messages: string[] = [];
  for (let isMore = true; isMore;) {
    const page = await logs.read(runtimeLogOf(house.environment.id), { after: messages.length, limit: 1_000 });
    messages.push(...page.lines.map(({ message }) => message));
    isMore = page.hasNext;
  }
  return messages;
}
const hasStored = (message: string) => until(async () => (await stored()).includes(message), `“${message}” in the log`);

test('an engine that is started again goes on where it stopped: no line is missing, and none comes twice', async () => {
  const say = await aTalker();
  say('one', '\u001b[32mtwo\u001b[0m');
  const end = anEngineLife();
  await hasStored('\u001b[32mtwo\u001b[0m');
  await end();
  say('three', 'four');
  const endAgain = anEngineLife();
  await hasStored('four');
  await endAgain();
  expect(await stored()).toEqual(['one', '\u001b[32mtwo\u001b[0m', 'three', 'four']);
});

test('the store says in one breath what came and how far it has come: an engine that is killed repeats nothing', async () => {
  const say = await aTalker();
  say('one', 'two');
  const killed = anEngineLife();
  await hasStored('two');
  // Nothing of what it does from here on, such as noting how far it had come, comes about.
  const { outputCursor } = await theInstance();
  say('three');
  const endAgain = anEngineLife();
  await hasStored('three');
  await Promise.all([endAgain(), killed()]);
  expect(outputCursor).toBe('2');
  expect(await stored()).toEqual(['one', 'two', 'three']);
});

test('lines have the time at which they were printed, however late they are read', async () => {
  const say = await aTalker();
  say('long ago');
  const instance = [...house.engine.machine.instances.values()].at(-1);
  const at = new Date('2026-01-01T00:00:00Z');
  instance?.lines.splice(0, 1, { ...instance.lines[0]!, at });
  const end = anEngineLife();
  await hasStored('long ago');
  await end();
  expect((await logs.read(runtimeLogOf(house.environment.id), { limit: 1 })).lines).toMatchObject([{ at }]);
});

test('what a store refuses for long is stored once it does not, however much it is', async () => {
  const say = await aTalker();
  let isAway = true;
  let tries = 0;
  const all = Array.from({ length: 3_000 }, (_, index) => `line ${index} ${'x'.repeat(2_000)}`);
  say(...all);
  const append: Logs['append'] = async (...call) => {
    tries += 1;
    if (isAway) throw new Error('away');
    const last = await logs.append(...call);
    // It was stored, and nobody learns of it.
    if (tries % 5 === 0) throw new Error('the connection broke');
    return last;
  };
  const end = anEngineLife({ ...logs, append }, { ...systemClock, sleep: () => systemClock.sleep(1) });
  await until(() => tries > 40);
  expect(await stored()).toEqual([]);
  isAway = false;
  await hasStored(all.at(-1)!);
  await end();
  expect(await stored()).toEqual(all);
});

test('two engines that read the same output store every line once, in order', async () => {
  const say = await aTalker();
  const ends = [anEngineLife(), anEngineLife()];
  const all = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  for (const line of all) {
    say(line);
    await systemClock.sleep(20);
  }
  await hasStored('line 39');
  await Promise.all(ends.map((end) => end()));
  expect(await stored()).toEqual(all);
});

test('what is started again after a deep sleep is read from its first line, however much was printed before', async () => {
  const { engine, environment } = house;
  let life = 0;
  await house.goLive('talker', (app) => {
    life += 1;
    app.print(`life ${life}`);
    if (life === 1) app.print('and more');
    app.serve((_, response) => response.end('ok'));
  });
  const end = anEngineLife();
  await hasStored('and more');
  await end();
  const want = (desiredState: 'DEEP_SLEEP' | 'RUNNING') =>
    engine.db.environment.update({ where: { id: environment.id }, data: { desiredState } });
  await want('DEEP_SLEEP');
  await putToSleep(engine, environment.id, never);
  await want('RUNNING');
  await wakeUp(engine, environment.id, never);
  const endAgain = anEngineLife();
  await hasStored('life 2');
  await endAgain();
  expect(await stored()).toEqual(['life 1', 'and more', 'life 2']);
});
