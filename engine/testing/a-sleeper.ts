import { newId } from '@apployd/core/id';
import { projectSettings, type ProjectSettings } from '@apployd/core/settings';
import type { Environment } from '@apployd/prisma/generated/client/client';
import type { TestEngine } from './an-engine.js';

type Sleeper = {
  /** Whose project it is in. */
  readonly neighbour: Environment;
  /** Of an app of the fake machine. */
  readonly imageId: string;
  readonly depth?: 'LIGHT_SLEEP' | 'DEEP_SLEEP';
  readonly settings?: Partial<ProjectSettings>;
};

/** An environment that was deployed and sleeps with one instance, without the work of deploying it. Asleep lightly its instance is gone. */
export async function aSleeper(
  { db, settings: { serverId } }: TestEngine,
  { neighbour, imageId, depth = 'DEEP_SLEEP', settings = {} }: Sleeper,
): Promise<Environment> {
  const [environmentId, deploymentId, processId] = [newId(), newId(), newId()];
  const { organizationId, projectId } = neighbour;
  const slug = environmentId.slice(-12);
  const limits = { memoryBytes: 64n * 1024n * 1024n, cpuMillicores: 500 };
  await db.environment.create({
    data: {
      ...{ id: environmentId, organizationId, projectId, slug, kind: 'PREVIEW', hostname: `${slug}.localhost` },
      processes: { create: { id: processId, organizationId, name: 'web', ...limits } },
    },
  });
  const { deploymentNumber: number } = await db.project.update({
    where: { id: projectId },
    data: { deploymentNumber: { increment: 1 } },
  });
  const release = await db.release.create({
    data: {
      ...{ id: newId(), organizationId, projectId, runtime: 'fake', imageId, imageSizeBytes: 1n },
      ...{ variablesVersion: 1, settingsVersion: 1, settings: projectSettings.parse(settings) },
    },
  });
  const of = { organizationId, environmentId, serverId };
  await db.deployment.create({
    data: {
      ...{ id: deploymentId, ...of, projectId, number, trigger: 'API', releaseId: release.id, variablesVersion: 1 },
      ...{ status: 'READY', serving: 'LIVE', finishedAt: new Date() },
      instances: { create: { id: newId(), ...of, processId, state: 'ASLEEP', ...limits } },
    },
  });
  return db.environment.update({
    where: { id: environmentId },
    data: { liveDeploymentId: deploymentId, desiredState: depth, observedState: depth, asleepSince: new Date() },
  });
}
