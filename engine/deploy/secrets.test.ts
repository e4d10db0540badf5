import { expect, test } from 'vitest';
import { buildLogOf, runtimeLogOf } from '@apployd/core/log-line';
import { DeploymentFailure } from '@apployd/core/failure';
import { until } from '@apployd/backplane/testing/until';
import { bringBack } from '../instance/bring-back.js';
import { collectOutput } from '../instance/collect-output.js';
import type { FakeApp } from '../runtime/fake.js';
import { aDeployment } from '../testing/a-deployment.js';
import { setVariable } from '../testing/set-variable.js';
import { never, says, useEngine } from '../testing/use-engine.js';
import { deploy } from './deploy.js';

const house = useEngine();
const secret = 'unusual-value-77';
const own = 'the-own-secret-of-the-platform';

/** Prints the variable TOKEN in some ways, again with every visit. */
const printing: FakeApp = (app) => {
  const { TOKEN = '' } = app.variables;
  const print = () => {
    app.print(`it is ${TOKEN}!`);
    app.print(`err ${Buffer.from(`a${TOKEN}b`).toString('base64')}`, 'STDERR');
    app.print(own);
  };
  print();
  app.serve((_, response) => {
    print();
    response.end('ok');
  });
};

const logText = async (stream: `build:${string}` | `runtime:${string}`) =>
  (await house.engine.logs.read(stream, { limit: 1_000 })).lines.map(({ message }) => message).join('\n');

async function allRows(): Promise<string> {
  const { db } = house.engine;
  const rows = await Promise.all([db.deployment.findMany(), db.event.findMany(), db.environment.findMany()]);
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

test('what an app prints while it starts shows neither its secrets nor those of the platform', async () => {
  await setVariable(house.engine, house.environment, 'TOKEN', secret);
  const live = await house.goLive('printing', printing);
  expect(live.status).toBe('READY');
  const text = await logText(buildLogOf(live.id));
  expect(text).toContain('it is [secret]!');
  expect(text).not.toMatch(new RegExp(`${secret}|dW51c3VhbC12|VudXN1YWwtdm|${own}`));
});

test('a failure and its event do not show a secret that what failed told of', async () => {
  const { engine, environment } = house;
  await setVariable(engine, environment, 'TOKEN', secret);
  engine.builder.before = async () => {
    throw new DeploymentFailure('BUILD_ERROR', 'BUILD', `The step "echo ${secret}" failed.`);
  };
  const failed = await house.goLive('one');
  expect(failed).toMatchObject({ status: 'FAILED', failureMessage: 'The step "echo [secret]" failed.' });
  expect(await allRows()).not.toContain(secret);
  expect(await logText(buildLogOf(failed.id))).not.toContain(secret);
});

test('a fault reaches the queue and the log of the engine without the secrets of the deployment', async () => {
  const { engine, environment } = house;
  await setVariable(engine, environment, 'TOKEN', secret);
  engine.publish('one', says('one'));
  engine.builder.before = async () => {
    engine.log.error({ err: new Error(`in between: ${secret}`) }, `said ${secret}`);
    throw new Error(`no room for TOKEN=${secret}`, { cause: new Error(`${secret} again`) });
  };
  const deployment = await aDeployment(engine, environment, { ref: 'one' });
  const fault = await deploy(engine, deployment.id, never).catch((error: unknown) => error);
  expect(fault).toMatchObject({ message: 'no room for TOKEN=[secret]', cause: { message: '[secret] again' } });
  expect((fault as Error).stack).not.toContain(secret);
  expect(engine.said.join('')).toContain('said [secret]');
  expect(engine.said.join('')).not.toContain(secret);
  engine.log.error(`once it is over nothing is held: ${secret}`);
  expect(engine.said.join('')).toContain(secret);
});

test('the reason why an app does not come back does not show its secrets', async () => {
  const { engine, environment } = house;
  await setVariable(engine, environment, 'TOKEN', secret);
  await house.goLive('one');
  for (const instance of engine.machine.instances.values()) instance.exit(1);
  engine.publish('one', says('one'));
  const { start } = engine.runtime;
  engine.runtime.start = async () => {
    throw new Error(`cannot pass TOKEN=${secret}`);
  };
  await bringBack(engine, environment.id, never);
  engine.runtime.start = start;
  const row = await engine.db.environment.findUniqueOrThrow({ where: { id: environment.id } });
  expect(row.stateReason).toBe('cannot pass TOKEN=[secret]');
  expect(await allRows()).not.toContain(secret);
  expect(engine.said.join('')).not.toContain(secret);
});

test('a running app is masked by what it was started with, and by what was set since', async () => {
  const { engine, environment } = house;
  await setVariable(engine, environment, 'TOKEN', secret);
  await setVariable(engine, environment, 'OTHER', 'shown', false);
  const both: FakeApp = (app) => {
    app.serve((_, response) => {
      app.print(`now ${app.variables.TOKEN} newer-value-88 shown`);
      response.end('ok');
    });
  };
  await house.goLive('both', both);
  await setVariable(engine, environment, 'TOKEN', 'another-value-99');
  const stop = new AbortController();
  const collecting = collectOutput(engine, stop.signal);
  const text = () => logText(runtimeLogOf(environment.id));
  await house.visit();
  await until(async () => (await text()).includes('now [secret] newer-value-88 shown'));
  await setVariable(engine, environment, 'TOKEN', 'newer-value-88');
  await until(async () => {
    await house.visit();
    return (await text()).includes('now [secret] [secret] shown');
  });
  stop.abort();
  await collecting;
  expect(await text()).not.toContain(secret);
});

test('an app is started with the values that its environment had when the deployment was claimed', async () => {
  const { engine, environment } = house;
  await setVariable(engine, environment, 'TOKEN', 'first-value');
  await setVariable(engine, environment, 'TOKEN', 'second-value');
  let seen: unknown;
  engine.builder.before = async () => {
    await setVariable(engine, environment, 'TOKEN', 'too-late-value');
  };
  await house.goLive('one', (app) => {
    seen = app.variables.TOKEN;
    app.serve((_, response) => response.end('ok'));
  });
  expect(seen).toBe('second-value');
});
