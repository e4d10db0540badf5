import type { Engine } from '../engine.js';
import type { Run } from './run.js';

/** Removes the release that this deployment built: it never went live, so nobody can go back to it. */
export async function discardRelease(engine: Engine, { deployment }: Run): Promise<void> {
  const { releaseId } = await engine.db.deployment.findUniqueOrThrow({
    where: { id: deployment.id },
    select: { releaseId: true },
  });
  if (!releaseId || deployment.trigger === 'ROLLBACK') return;
  const release = await engine.db.release.findUniqueOrThrow({
    where: { id: releaseId },
    include: { deployments: { select: { id: true } } },
  });
  if (release.deployments.some(({ id }) => id !== deployment.id)) return;
  await engine.builder.remove(release.imageId);
  await engine.db.release.delete({ where: { id: releaseId } });
}
