import { jobNames } from '@apployd/core/job';
import type { JobHandlers } from '../jobs/jobs.js';

/** Does nothing, whatever is asked for: a test puts its own work in. */
export const idleHandlers = Object.fromEntries(
  jobNames.map((name) => [name, async () => undefined]),
) as unknown as JobHandlers;
