import { publicId } from '@apployd/core/id';
import { record } from './record.js';
import type { Scene } from './scene.js';
import { stopProjects } from './stop-projects.js';

const reason = 'The plan has no room for this project any more: give it a slice of the pool with allocationsSet.';

/** These projects sleep until they are given slices again. Nothing of them is deleted. */
export async function takeSlices(scene: Scene, projectIds: readonly string[]): Promise<void> {
  const { tx, organization } = scene;
  await stopProjects(scene, projectIds, reason);
  await tx.allocation.deleteMany({ where: { projectId: { in: [...projectIds] } } });
  const projects = projectIds.map((id) => publicId('Project', id));
  await record(tx, organization, 'billing.projects_put_to_sleep', { after: { projects } });
}
