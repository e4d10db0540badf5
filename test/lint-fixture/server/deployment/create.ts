import type { Engine } from '@apployd/engine/engine'; // refused: house/imports
import { Queue } from 'bullmq'; // refused: house/imports
import { openJobs } from '@apployd/backplane/jobs/open-jobs'; // refused: house/imports
import type { Jobs } from '@apployd/backplane/jobs/jobs';
import { printMail } from '@apployd/backplane/mail/print'; // refused: house/imports
export { deploy } from '@apployd/engine/deploy/deploy'; // refused: house/imports
import Stripe from 'stripe'; // refused: house/imports
import { Pool } from 'pg'; // refused: house/imports

export const create = [Queue, openJobs, printMail, Stripe, Pool, await import('nodemailer')]; // refused: house/imports
export type Create = [Engine, Jobs, import('cloudflare').Cloudflare]; // refused: house/imports
