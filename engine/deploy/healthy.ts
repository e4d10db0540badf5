import { projectSettings, type ProjectSettings } from '@apployd/core/settings';
import type { Release } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { RunningInstance } from '../instance/start-release.js';
import { together } from '../instance/together.js';
import { waitUntilHealthy } from '../instance/wait-until-healthy.js';
import { withOutputInLog } from './echo-output.js';
import type { Run } from './run.js';
import { say } from './say.js';
import { step } from './step.js';

/** Waits until every instance is healthy by the release's own settings, and shows what they print meanwhile. */
export function becomeHealthy(
  engine: Engine,
  run: Run,
  release: Release,
  instances: readonly RunningInstance[],
  signal: AbortSignal,
): Promise<void> {
  const settings = projectSettings.parse(release.settings);
  const { hostname } = run.deployment.environment;
  return step(engine, run, 'HEALTH_CHECK', signal, async (stop) => {
    say(run, `Waiting for ${awaited(settings)} (at most ${settings.healthCheckTimeoutMs / 1000} s)`);
    const becomes = (instance: RunningInstance) => (either: AbortSignal) =>
      withOutputInLog(engine, run, instance, () => waitUntilHealthy(engine, instance, settings, hostname, either));
    await together(stop, instances.map(becomes));
    say(run, 'Healthy');
  });
}

function awaited({ healthCheckKind, healthCheckPath }: ProjectSettings): string {
  if (healthCheckKind === 'HTTP') return `${healthCheckPath} to answer`;
  return healthCheckKind === 'TCP' ? 'its port to open' : 'the health check command to succeed';
}
