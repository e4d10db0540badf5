import { z } from 'zod';
import { DeploymentFailure } from '@apployd/core/failure';
import { newId } from '@apployd/core/id';
import { projectSettings } from '@apployd/core/settings';
import type { Instance, Process, Release } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { removeInstance } from '../instance/remove-instance.js';
import type { Run } from './run.js';
import { step } from './step.js';
import type { Undo } from './undo.js';

/** An instance of this deployment that was started, and where it is reached. */
export type RunningInstance = Instance & { readonly handle: string; readonly host: string; readonly port: number };

const commandSchema = z.array(z.string()).nullable();

/** Starts the release's `web` process; the instance that an earlier try started is found again. */
export function startInstance(
  engine: Engine,
  run: Run,
  release: Release,
  undo: Undo,
  signal: AbortSignal,
): Promise<RunningInstance> {
  return step(engine, run, 'START', async () => {
    signal.throwIfAborted();
    const process = webProcess(run);
    const row = await ensureRow(engine, run, process);
    undo(() => removeInstance(engine, row.id, engine.settings.stopGraceMs));
    return startRelease(engine, row, process, release, run.variables.all);
  });
}

/** Has the runtime start what the row stands for, and keeps in the row where it is. */
export async function startRelease(
  engine: Engine,
  row: Instance,
  process: Process,
  release: Release,
  variables: Readonly<Record<string, string>>,
): Promise<RunningInstance> {
  const started = await engine.runtime.start({
    instanceId: row.id,
    deploymentId: row.deploymentId,
    organizationId: row.organizationId,
    projectId: release.projectId,
    environmentId: row.environmentId,
    process: process.name,
    imageId: release.imageId,
    command: commandSchema.parse(release.command),
    variables: { ...variables, ...ownVariables(row, release) },
    port: projectSettings.parse(release.settings).port,
    limits: { memoryBytes: Number(process.memoryBytes), cpuMillicores: process.cpuMillicores },
  });
  const place = { handle: started.handle, host: started.host, port: started.port };
  const kept = await engine.db.instance.update({
    where: { id: row.id },
    data: { ...place, startedAt: row.startedAt ?? engine.clock.now() },
  });
  return { ...kept, ...place };
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

function ownVariables(row: Instance, release: Release): Record<string, string> {
  return { APPLOYD_DEPLOYMENT_ID: row.deploymentId, ...(release.commit ? { APPLOYD_COMMIT: release.commit } : {}) };
}
