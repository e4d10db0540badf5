import type { DeploymentFailure } from '@apployd/core/failure';
import type { HealthCheckKind, ProjectSettings } from '@apployd/core/settings';
import type { Engine } from '../engine.js';
import type { InstanceReport } from '../runtime/runtime.js';
import { askHealth, isHealthy, type HealthAnswer } from './ask-health.js';
import { patience } from './patience.js';
import type { RunningInstance } from './start-release.js';
import { neverHealthy, whyItEnded } from './why-unhealthy.js';

/** A command is a process more: it is run less often than a question over the network is asked. */
const pauses = {
  HTTP: { firstMs: 10, mostMs: 500 },
  TCP: { firstMs: 10, mostMs: 500 },
  COMMAND: { firstMs: 100, mostMs: 2_000 },
} as const satisfies Record<HealthCheckKind, object>;
const inspectEveryMs = 200;

/**
 * Resolves once the instance answers its health check; rejects when it ends, or does not get there in time. What this
 * process stood still itself, after a pause or an answer was due, is not counted against the app.
 */
export async function waitUntilHealthy(
  engine: Engine,
  instance: RunningInstance,
  settings: ProjectSettings,
  hostname: string,
  signal: AbortSignal,
): Promise<void> {
  const now = () => engine.clock.now().getTime();
  const { isOver, during } = patience(engine.clock, settings.healthCheckTimeoutMs);
  let inspectAt = now();
  const { firstMs, mostMs } = pauses[settings.healthCheckKind];
  let answered: HealthAnswer | null = null;
  for (let pauseMs: number = firstMs; ; pauseMs = Math.min(mostMs, pauseMs * 1.3)) {
    signal.throwIfAborted();
    const question = { settings, hostname, signal };
    const answer = await during(settings.healthCheckAnswerMs, () => askHealth(engine, instance, question));
    if (isHealthy(answer)) return;
    if (answer.kind !== 'refused') answered = answer;
    if (now() >= inspectAt) {
      inspectAt = now() + inspectEveryMs;
      const report = await engine.runtime.inspect(instance.handle);
      if (report.state !== 'running') throw await ended(engine, instance, report);
      if (isOver()) throw neverHealthy(settings, toldPort(engine, instance, settings), answered, report.listening);
    }
    await during(pauseMs, () => engine.clock.sleep(pauseMs, signal));
  }
}

/** Where the app was told to listen, and whether its loopback is its own. */
function toldPort(engine: Engine, instance: RunningInstance, settings: ProjectSettings) {
  const { isolatesNetwork } = engine.runtime;
  return { port: isolatesNetwork ? settings.port : instance.port, hasOwnLoopback: isolatesNetwork };
}

async function ended(
  engine: Engine,
  instance: RunningInstance,
  report: Exclude<InstanceReport, { state: 'running' }>,
): Promise<DeploymentFailure> {
  const failure = whyItEnded(report, Number(instance.memoryBytes));
  await engine.db.instance.update({
    where: { id: instance.id },
    data: { exitCode: failure.exitCode, reason: failure.code },
  });
  return failure;
}
