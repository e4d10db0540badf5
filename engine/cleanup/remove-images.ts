import { activeStatuses } from '@apployd/core/deployment';
import type { ListedImage } from '../builder/builder.js';
import type { Engine } from '../engine.js';
import { found } from '../reconcile/found.js';

/**
 * Removes images that nothing needs, the oldest first: at once those of deployments that are known and over; those that
 * no deployment knows once they are as old as steps of builds may get, or sooner while the disk is too full.
 */
export async function removeImages(engine: Engine, isTooFull: () => Promise<boolean>): Promise<void> {
  const listed = await engine.builder.list();
  const { needed, known } = await lookUp(engine, listed);
  const old = engine.clock.now().getTime() - engine.settings.buildCacheMs;
  const unneeded = listed.filter(({ id, deploymentId }) => !needed.has(id) && !needed.has(deploymentId));
  for (const image of unneeded.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())) {
    const isDue = known.has(image.deploymentId) || image.createdAt.getTime() < old;
    if (isDue || (await isTooFull())) await remove(engine, image);
  }
}

/** What a container still uses Docker does not remove: the next turn tries again. */
async function remove(engine: Engine, { id, deploymentId }: ListedImage): Promise<void> {
  try {
    await engine.builder.remove(id);
    found(engine, 'image.without-release', { imageId: id, deploymentId });
  } catch (err) {
    engine.log.warn({ err, imageId: id }, 'could not remove an image; trying again later');
  }
}

/** Needed by its own id, or by that of a deployment which is at work on it. */
async function lookUp({ db }: Engine, listed: readonly ListedImage[]) {
  const deployments = await db.deployment.findMany({
    where: { id: { in: listed.map(({ deploymentId }) => deploymentId) } },
    select: { id: true, status: true },
  });
  const releases = await db.release.findMany({
    where: {
      imageId: { in: listed.map(({ id }) => id) },
      deployments: {
        some: { OR: [{ serving: { in: ['LIVE', 'STANDBY'] } }, { status: { in: [...activeStatuses] } }] },
      },
    },
    select: { imageId: true },
  });
  const atWork = deployments.filter(({ status }) => activeStatuses.includes(status));
  return {
    needed: new Set([...releases.map(({ imageId }) => imageId), ...atWork.map(({ id }) => id)]),
    known: new Set(deployments.map(({ id }) => id)),
  };
}
