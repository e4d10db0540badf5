import type { Jobs } from '@apployd/backplane/jobs/jobs'; // refused: house/imports
import pg from 'pg';
import { newId } from '@apployd/core/id';

export const outside = (jobs: Jobs) => [pg, newId, jobs];
