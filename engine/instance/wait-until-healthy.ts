import type { DeploymentFailure } from '@apployd/core/failure';
import type { ProjectSettings } from '@apployd/core/settings';
import type { Engine } from '../engine.js';
import { probe, type ProbeAnswer } from '../route/probe.js';
import type { InstanceReport } from '../runtime/runtime.js';
import type { RunningInstance } from './start-release.js';
import { neverHealthy, whyItEnded } from './why-unhealthy.js';

const firstPauseMs = 10;
const mostPauseMs = 500;
const probeTimeoutMs = 5_000;
const inspectEveryMs = 200;

/** Resolves once the instance answers its health check; rejects when it ends, or does not get there in time. */
export async function waitUntilHealthy(
  engine: Engine,
  instance: RunningInstance,
  settings: ProjectSettings,
  hostname: string,
  signal: AbortSignal,
): Promise<void> {
  const now = () => engine.clock.now().getTime();
  const deadlineAt = now() + settings.healthCheckTimeoutMs;
  let inspectAt = now();
  let answered: ProbeAnswer | null = null;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(mostPauseMs, pauseMs * 1.3)) {
    signal.throwIfAborted();
    const answer = await ask(instance, settings.healthCheckPath, hostname, signal);
    if (isHealthy(answer)) return;
    if (answer.kind !== 'refused') answered = answer;
    if (now() >= inspectAt) {
      inspectAt = now() + inspectEveryMs;
      const report = await engine.runtime.inspect(instance.handle);
      if (report.state !== 'running') throw await ended(engine, instance, report);
      if (now() >= deadlineAt)
        throw neverHealthy(settings, toldPort(engine, instance, settings), answered, report.listening);
    }
    await engine.clock.sleep(pauseMs, signal);
  }
}

/** Without an address it has ended by now: asking `` would ask this machine. */
async function ask(
  { host, port }: RunningInstance,
  path: string,
  hostname: string,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  if (host === '') return { kind: 'refused' };
  return probe({ host, port, path, hostname, timeoutMs: probeTimeoutMs, signal });
}

/** Anything but an error of the app: a redirect to a login page is health too. */
function isHealthy(answer: ProbeAnswer): boolean {
  return answer.kind === 'answer' && answer.status >= 200 && answer.status < 400;
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
