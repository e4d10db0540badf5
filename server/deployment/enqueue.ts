import type { Context } from '../context.js';
import { wake } from '../wake.js';

/** Wakes a worker and whoever watches. */
export async function enqueue(context: Context, deploymentId: string): Promise<void> {
  context.events.publish('deployment', deploymentId);
  await wake(context, 'deploy', [deploymentId]);
}
