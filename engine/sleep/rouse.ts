import { projectSettings } from '@apployd/core/settings';
import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { LiveEnvironment } from '../instance/live-environment.js';
import { startRelease, type RunningInstance } from '../instance/start-release.js';
import { together } from '../instance/together.js';
import { waitUntilHealthy } from '../instance/wait-until-healthy.js';
import type { StartedInstance } from '../runtime/runtime.js';
import { openVariables } from '../variable/open-variables.js';
import { variablesOf } from '../variable/variables-of.js';

const lightHealthMs = 10_000;

export type Rousing = {
  /** Told of each that is up and healthy, as soon as it is; when that fails the others are not waited for. */
  readonly letIn: (instance: Instance) => Promise<void>;
  readonly signal: AbortSignal;
};

/**
 * Wakes the sleepers, and gives those that came up: what was frozen goes on, and what was ended is started again, unless
 * others of its environment go on. Nobody waits for it then: another takes its place while they serve.
 */
export async function rouse(
  engine: Engine,
  live: LiveEnvironment,
  sleepers: readonly Instance[],
  { letIn, signal }: Rousing,
): Promise<readonly Instance[]> {
  const thaws = sleepers.map(({ id }) => engine.runtime.wake(id));
  const someGoOn = Promise.allSettled(thaws).then((all) => all.some((one) => 'value' in one && one.value !== null));
  const works = sleepers.map((sleeper, i) => async (stop: AbortSignal) => {
    try {
      const thawed = await thaws[i];
      if (thawed) await goOn(engine, live, { sleeper, place: thawed }, stop);
      else if (await someGoOn) throw new Error('It is gone, and others go on.');
      else await startAgain(engine, live, sleeper, stop);
    } catch (err) {
      stop.throwIfAborted();
      engine.log.warn({ err, instanceId: sleeper.id }, 'an instance could not be woken; another takes its place');
      return [];
    }
    await letIn(sleeper);
    return [sleeper];
  });
  return (await together(signal, works)).flat();
}

/** What was healthy when it was frozen has nothing to prepare. */
async function goOn(
  engine: Engine,
  { environment, live }: LiveEnvironment,
  { sleeper, place }: { readonly sleeper: Instance; readonly place: StartedInstance },
  signal: AbortSignal,
): Promise<void> {
  const settings = projectSettings.parse(live.release?.settings ?? {});
  const instance = await keepPlace(engine, sleeper, place);
  const patience = { healthCheckTimeoutMs: Math.min(lightHealthMs, settings.healthCheckTimeoutMs) };
  await waitUntilHealthy(engine, instance, { ...settings, ...patience }, environment.hostname, signal);
}

/** Its address may be another one by now. */
async function keepPlace(engine: Engine, sleeper: Instance, place: StartedInstance): Promise<RunningInstance> {
  const { handle, host, port } = place;
  if (sleeper.handle !== handle || sleeper.host !== host || sleeper.port !== port) {
    await engine.db.instance.update({ where: { id: sleeper.id }, data: { handle, host, port } });
  }
  return { ...sleeper, handle, host, port };
}

/** With the variables that it was deployed with, and the limits that it had. */
async function startAgain(
  engine: Engine,
  { environment, live, process }: LiveEnvironment,
  sleeper: Instance,
  signal: AbortSignal,
): Promise<void> {
  if (!live.release) throw new Error('There is nothing to start: the release is not kept.');
  // What it prints from now on begins anew: a mark in its former output would have the first lines skipped.
  await engine.db.instance.update({ where: { id: sleeper.id }, data: { outputCursor: null } });
  const variables = await openVariables(engine, variablesOf(live, environment));
  try {
    const started = await startRelease(engine, sleeper, process, live.release, variables.all);
    await requireStillAsleep(engine, sleeper);
    const settings = projectSettings.parse(live.release.settings);
    await waitUntilHealthy(engine, started, settings, environment.hostname, signal);
  } finally {
    variables.forget();
  }
}

/** Whoever took it away meanwhile has ended nothing if it was started after that: two releases would write into one volume. */
async function requireStillAsleep(engine: Engine, { id }: Instance): Promise<void> {
  const row = await engine.db.instance.findUnique({ where: { id }, select: { state: true } });
  if (row?.state === 'ASLEEP') return;
  await engine.runtime.stop(id, 0);
  throw new Error('It was taken away while it was woken.');
}
