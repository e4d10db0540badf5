import { projectSettings } from '@apployd/core/settings';
import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { LiveEnvironment } from '../instance/live-environment.js';
import { startRelease, type RunningInstance } from '../instance/start-release.js';
import { waitUntilHealthy } from '../instance/wait-until-healthy.js';
import type { StartedInstance } from '../runtime/runtime.js';
import { openVariables } from '../variable/open-variables.js';
import { variablesOf } from '../variable/variables-of.js';

/** What was healthy when it was frozen has nothing to prepare. */
const lightHealthMs = 10_000;

/** Those of the sleepers that are up and healthy: what was frozen goes on, what was ended is started again. */
export async function rouse(
  engine: Engine,
  live: LiveEnvironment,
  sleepers: readonly Instance[],
  signal: AbortSignal,
): Promise<readonly Instance[]> {
  const woken = await Promise.all(
    sleepers.map((sleeper) =>
      rouseOne(engine, live, sleeper, signal).then(
        () => [sleeper],
        (err: unknown) => {
          signal.throwIfAborted();
          engine.log.warn({ err, instanceId: sleeper.id }, 'an instance could not be woken; another takes its place');
          return [];
        },
      ),
    ),
  );
  return woken.flat();
}

async function rouseOne(engine: Engine, live: LiveEnvironment, sleeper: Instance, signal: AbortSignal): Promise<void> {
  const settings = projectSettings.parse(live.live.release?.settings ?? {});
  const { hostname } = live.environment;
  const thawed = await engine.runtime.wake(sleeper.id);
  if (!thawed) return waitUntilHealthy(engine, await startAgain(engine, live, sleeper), settings, hostname, signal);
  const instance = await keepPlace(engine, sleeper, thawed);
  const patience = { healthCheckTimeoutMs: Math.min(lightHealthMs, settings.healthCheckTimeoutMs) };
  await waitUntilHealthy(engine, instance, { ...settings, ...patience }, hostname, signal);
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
): Promise<RunningInstance> {
  if (!live.release) throw new Error('There is nothing to start: the release is not kept.');
  // What it prints from now on begins anew: a mark in its former output would have the first lines skipped.
  await engine.db.instance.update({ where: { id: sleeper.id }, data: { outputCursor: null } });
  const variables = await openVariables(engine, variablesOf(live, environment));
  try {
    const started = await startRelease(engine, sleeper, process, live.release, variables.all);
    await requireStillAsleep(engine, sleeper);
    return started;
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
