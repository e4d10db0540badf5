import { within } from '@apployd/backplane/within';
import type { JobName } from '@apployd/core/job';
import type { Context } from './context.js';

const patienceMs = 2_000;

/**
 * Wakes a worker for rows that are committed already: an ask that is lost here is found again by the engine's
 * reconciling, so the caller is not told of a failure that has none.
 */
export async function wake({ jobs, log }: Context, name: JobName, ids: readonly string[]): Promise<void> {
  try {
    await within(patienceMs, Promise.all(ids.map((id) => jobs.ask(name, id))), 'The queue');
  } catch (error) {
    log.warn({ err: error, job: name, ids }, 'could not wake a worker; reconciling will');
  }
}
