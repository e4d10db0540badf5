import type { SharedConfig } from '../config/shared.js';
import type { Logger } from '../log/logger.js';
import type { Jobs } from './jobs.js';

/** Jobs on Redis when there is one, else in PostgreSQL. */
export async function openJobs(config: Pick<SharedConfig, 'DATABASE_URL' | 'REDIS_URL'>, log: Logger): Promise<Jobs> {
  if (config.REDIS_URL) return (await import('./redis.js')).redisJobs({ redisUrl: config.REDIS_URL, log });
  return (await import('./postgres.js')).postgresJobs({ databaseUrl: config.DATABASE_URL, log });
}
