import { DeploymentFailure } from '@apployd/core/failure';
import { newId } from '@apployd/core/id';
import type { Instance, Process, Release } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { startRelease, type RunningInstance } from '../instance/start-release.js';
import type { Run } from './run.js';
import { step } from './step.js';

/** Starts the release's `web` process; the instance that an earlier try started is found again. */
export function startInstance(
  engine: Engine,
  run: Run,
  release: Release,
  signal: AbortSignal,
): Promise<RunningInstance> {
  return step(engine, run, 'START', async () => {
    signal.throwIfAborted();
    const process = webProcess(run);
    const row = await ensureRow(engine, run, process);
    return startRelease(engine, row, process, release, run.variables.all);
  });
}

async function ensureRow(engine: Engine, run: Run, process: Process): Promise<Instance> {
  const { deployment } = run;
  const found = await engine.db.instance.findFirst({
    where: { deploymentId: deployment.id, processId: process.id, state: { in: ['STARTING', 'RUNNING'] } },
  });
  if (found) return found;
  return engine.db.instance.create({
    data: {
      id: newId(),
      organizationId: deployment.organizationId,
      environmentId: deployment.environmentId,
      processId: process.id,
      deploymentId: deployment.id,
      serverId: engine.settings.serverId,
    },
  });
}

function webProcess(run: Run): Process {
  const web = run.deployment.environment.processes.find(({ name }) => name === 'web');
  if (!web)
    throw new DeploymentFailure(
      'INTERNAL',
      'START',
      'The environment has no web process. Ask the operator to mend it.',
    );
  return web;
}
