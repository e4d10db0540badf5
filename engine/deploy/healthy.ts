import type { DeploymentFailure } from '@apployd/core/failure';
import { projectSettings, type ProjectSettings } from '@apployd/core/settings';
import type { Engine } from '../engine.js';
import { probe, type ProbeAnswer } from '../route/probe.js';
import type { InstanceReport } from '../runtime/runtime.js';
import { withOutputInLog } from './echo-output.js';
import type { Run } from './run.js';
import { say } from './say.js';
import type { RunningInstance } from './start-instance.js';
import { step } from './step.js';
import { neverHealthy, whyItEnded } from './why-unhealthy.js';

const firstPauseMs = 20;
const mostPauseMs = 500;
const probeTimeoutMs = 5_000;

/** Resolves once the instance answers its health check; rejects when it ends, or does not get there in time. */
export function becomeHealthy(engine: Engine, run: Run, instance: RunningInstance, signal: AbortSignal): Promise<void> {
  const settings = projectSettings.parse(run.deployment.project.settings);
  const { hostname } = run.deployment.environment;
  return step(engine, run, 'HEALTH_CHECK', async () => {
    const { path, ms } = { path: settings.healthCheckPath, ms: settings.healthCheckTimeoutMs };
    say(run, `Waiting for ${path} on port ${settings.port} to answer (at most ${ms / 1000} s)`);
    await withOutputInLog(engine, run, instance, () => waitUntilHealthy(engine, instance, settings, hostname, signal));
    say(run, 'Healthy');
  });
}

/** The same wait for an instance outside a deployment. */
export async function waitUntilHealthy(
  engine: Engine,
  instance: RunningInstance,
  settings: ProjectSettings,
  hostname: string,
  signal: AbortSignal,
): Promise<void> {
  const deadlineAt = engine.clock.now().getTime() + settings.healthCheckTimeoutMs;
  let answered: ProbeAnswer | null = null;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(mostPauseMs, pauseMs * 1.5)) {
    signal.throwIfAborted();
    const answer = await probe({
      host: instance.host,
      port: instance.port,
      path: settings.healthCheckPath,
      hostname,
      timeoutMs: probeTimeoutMs,
      signal,
    });
    if (isHealthy(answer)) return;
    if (answer.kind !== 'refused') answered = answer;
    const report = await engine.runtime.inspect(instance.handle);
    if (report.state !== 'running') throw await ended(engine, instance, report);
    if (engine.clock.now().getTime() >= deadlineAt) throw neverHealthy(settings, answered, report.listening);
    await engine.clock.sleep(pauseMs, signal);
  }
}

/** Anything but an error of the app: a redirect to a login page is health too. */
function isHealthy(answer: ProbeAnswer): boolean {
  return answer.kind === 'answer' && answer.status >= 200 && answer.status < 400;
}

async function ended(
  engine: Engine,
  instance: RunningInstance,
  report: Exclude<InstanceReport, { state: 'running' }>,
): Promise<DeploymentFailure> {
  const failure = whyItEnded(report, Number((await memoryLimit(engine, instance)) ?? 0));
  await engine.db.instance.update({
    where: { id: instance.id },
    data: { exitCode: failure.exitCode, reason: failure.code },
  });
  return failure;
}

async function memoryLimit(engine: Engine, { processId }: RunningInstance): Promise<bigint | undefined> {
  const process = await engine.db.process.findUnique({ where: { id: processId }, select: { memoryBytes: true } });
  return process?.memoryBytes;
}
