import { openJobs } from '@apployd/backplane/jobs/open-jobs';
import { router } from '@apployd/edge/router/embedded'; // refused: house/imports

export const main = [openJobs, router, process.env.PORT];
