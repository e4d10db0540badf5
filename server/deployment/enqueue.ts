import type { Context } from '../context.js';
import { wake } from '../wake.js';
import type { Queued } from './insert.js';

/** Wakes a worker, and whoever watches it or what it made pointless. */
export async function enqueue(context: Context, { deploymentId, superseded }: Queued): Promise<void> {
  for (const id of [deploymentId, ...superseded]) context.events.publish('deployment', id);
  // Of what is in a rollout nobody is at work who would notice.
  await wake(context, 'deploy', [...superseded, deploymentId]);
}
