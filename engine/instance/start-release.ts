import { z } from 'zod';
import { projectSettings } from '@apployd/core/settings';
import type { Instance, Process, Release } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { mountsOf } from '../volume/mount.js';

/** An instance that was started, and where it is reached. */
export type RunningInstance = Instance & { readonly handle: string; readonly host: string; readonly port: number };

const commandSchema = z.array(z.string()).nullable();

/** Has the runtime start what the row stands for, with the row's limits, and keeps in the row where it is. */
export async function startRelease(
  engine: Engine,
  row: Instance,
  process: Pick<Process, 'name'>,
  release: Release,
  variables: Readonly<Record<string, string>>,
): Promise<RunningInstance> {
  const mounts = await mountsOf(engine, row.environmentId);
  const started = await engine.runtime.start({
    instanceId: row.id,
    deploymentId: row.deploymentId,
    organizationId: row.organizationId,
    projectId: release.projectId,
    environmentId: row.environmentId,
    process: process.name,
    imageId: release.imageId,
    command: commandSchema.parse(release.command),
    mounts,
    variables: { ...variables, ...ownVariables(row, release) },
    port: projectSettings.parse(release.settings).port,
    limits: { memoryBytes: Number(row.memoryBytes), cpuMillicores: row.cpuMillicores },
  });
  const place = { handle: started.handle, host: started.host, port: started.port };
  const kept = await engine.db.instance.update({ where: { id: row.id }, data: place });
  const began = { startedAt: engine.clock.now() };
  if (!kept.startedAt) await engine.db.instance.updateMany({ where: { id: row.id, startedAt: null }, data: began });
  return { ...kept, ...place };
}

function ownVariables(row: Instance, release: Release): Record<string, string> {
  return { APPLOYD_DEPLOYMENT_ID: row.deploymentId, ...(release.commit ? { APPLOYD_COMMIT: release.commit } : {}) };
}
