import { expect, test } from 'vitest';
import { until } from '@apployd/backplane/testing/until';
import { runtimeLogOf } from '@apployd/core/log-line';
import { putToSleep } from '../sleep/put-to-sleep.js';
import { wakeUp } from '../sleep/wake-up.js';
import { never, useEngine } from '../testing/use-engine.js';
import { collectOutput } from './collect-output.js';

const house = useEngine();

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
function anEngineLife() {
  const ending = new AbortController();
  const over = collectOutput(house.engine, ending.signal);
  return () => {
    ending.abort();
    return over;
  };
}

async function stored(): Promise<string[]> {
  const { lines } = await house.engine.logs.read(runtimeLogOf(house.environment.id), { limit: 100 });
  return lines.map(({ message }) => message);
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

test('one that died before it noted how far it had come stores lines again rather than losing any', async () => {
  const say = await aTalker();
  say('one', 'two');
  const end = anEngineLife();
  await hasStored('two');
  await end();
  await house.engine.db.instance.updateMany({
    where: { environmentId: house.environment.id },
    data: { outputCursor: null },
  });
  say('three');
  const endAgain = anEngineLife();
  await hasStored('three');
  await endAgain();
  expect(await stored()).toEqual(['one', 'two', 'one', 'two', 'three']);
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
