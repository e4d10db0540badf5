import { jobNames } from '@apployd/core/job';
import type { JobHandlers } from '../jobs/jobs.js';

const none = async () => undefined;

/** Does nothing, whatever the job: a test gives the names that it is about their work. */
export const noWork = Object.fromEntries(jobNames.map((name) => [name, none])) as unknown as JobHandlers;
