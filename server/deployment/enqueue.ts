import { within } from '@apployd/backplane/within';
import type { Context } from '../context.js';

/**
 * Wakes a worker and whoever watches. The row is committed already: an ask that is lost here is found again by the
 * engine's reconciling, so the caller is not told of a failure that has none.
 */
export async function enqueue({ jobs, events, log }: Context, deploymentId: string): Promise<void> {
  events.publish('deployment', deploymentId);
  try {
    await within(2_000, jobs.ask('deploy', deploymentId), 'The queue');
  } catch (error) {
    log.warn({ err: error, deploymentId }, 'could not ask for a deployment; reconciling will');
  }
}
