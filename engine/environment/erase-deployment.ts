import { buildLogOf } from '@apployd/core/log-line';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { discardBuild } from '../deploy/discard-build.js';
import type { Engine } from '../engine.js';

type Erased = Pick<Deployment, 'id' | 'trigger' | 'releaseId'>;

/** What it fetched and built, and its build log; then its row. A release that was promoted from it stays. */
export const eraseDeploymentOf =
  (engine: Engine) =>
  async (deployment: Erased): Promise<void> => {
    const { id, releaseId } = deployment;
    if (!releaseId || !(await isSharedBy(engine, deployment, releaseId))) await eraseBuild(engine, deployment);
    await engine.logs.remove(buildLogOf(id));
    await engine.db.deployment.deleteMany({ where: { id } });
  };

async function isSharedBy({ db }: Engine, { id }: Erased, releaseId: string): Promise<boolean> {
  return (await db.deployment.count({ where: { releaseId, id: { not: id } } })) > 0;
}

/** Nothing else has its release, whoever built it. */
async function eraseBuild(engine: Engine, deployment: Erased): Promise<void> {
  const { releaseId } = deployment;
  const release = releaseId && (await engine.db.release.findUnique({ where: { id: releaseId } }));
  if (release) await engine.builder.remove(release.imageId);
  await discardBuild(engine, deployment);
  if (release) await engine.db.release.deleteMany({ where: { id: release.id } });
}
