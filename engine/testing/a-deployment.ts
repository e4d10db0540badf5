import { newId } from '@apployd/core/id';
import { MiB } from '@apployd/core/resources';
import { projectSettings, type ProjectSettings } from '@apployd/core/settings';
import type { Deployment, Environment } from '@apployd/prisma/generated/client/client';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { repositoryUrl, type TestEngine } from './an-engine.js';

/** An environment with its organization, project and `web` process. */
export async function anEnvironment(engine: TestEngine, settings: Partial<ProjectSettings> = {}): Promise<Environment> {
  const name = newId().slice(-12);
  const organization = await engine.db.organization.create({
    data: {
      id: newId(),
      slug: name,
      name,
      plan: { connect: { code: 'HOBBY' } },
    },
  });
  const project = await engine.db.project.create({
    data: {
      id: newId(),
      organizationId: organization.id,
      slug: name,
      name,
      repositoryUrl,
      settings: projectSettings.parse({ healthCheckTimeoutMs: 1_000, ...settings }),
      allocation: {
        create: {
          id: newId(),
          organizationId: organization.id,
          memoryBytes: BigInt(256 * MiB),
          cpuMillicores: 1_000,
          bandwidthBytesPerMonth: 0n,
        },
      },
    },
  });
  return engine.db.environment.create({
    data: {
      id: newId(),
      organizationId: organization.id,
      projectId: project.id,
      slug: 'production',
      kind: 'PRODUCTION',
      hostname: `${name}.localhost`,
      processes: {
        create: {
          id: newId(),
          organizationId: organization.id,
          name: 'web',
          memoryBytes: BigInt(64 * MiB),
          cpuMillicores: 500,
        },
      },
    },
  });
}

/** Another environment of the same project, with a `web` process of its own. */
export async function aSibling(engine: TestEngine, { organizationId, projectId }: Environment): Promise<Environment> {
  const name = newId().slice(-12);
  return engine.db.environment.create({
    data: {
      ...{ id: newId(), organizationId, projectId, slug: name, kind: 'STAGING', hostname: `${name}.localhost` },
      processes: {
        create: { id: newId(), organizationId, name: 'web', memoryBytes: BigInt(64 * MiB), cpuMillicores: 500 },
      },
    },
  });
}

/** A queued deployment of the environment's repository. */
export async function aDeployment(
  engine: TestEngine,
  environment: Environment,
  data: Partial<Prisma.DeploymentUncheckedCreateInput> = {},
): Promise<Deployment> {
  const { organizationId, projectId, id: environmentId } = environment;
  const { deploymentNumber: number } = await engine.db.project.update({
    where: { id: projectId },
    data: { deploymentNumber: { increment: 1 } },
  });
  return engine.db.deployment.create({
    data: {
      id: newId(),
      organizationId,
      projectId,
      environmentId,
      number,
      trigger: 'API',
      repositoryUrl,
      ref: 'main',
      ...data,
    },
  });
}
