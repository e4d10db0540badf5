import type { SharedConfig } from '../config/shared.js';
import type { Logger } from '../log/logger.js';
import type { Events } from './events.js';

/** Events through Redis when there is one, else through PostgreSQL. */
export async function openEvents(
  config: Pick<SharedConfig, 'DATABASE_URL' | 'REDIS_URL'>,
  log: Logger,
): Promise<Events> {
  if (config.REDIS_URL) return (await import('./redis.js')).redisEvents({ redisUrl: config.REDIS_URL, log });
  return (await import('./postgres.js')).postgresEvents({ databaseUrl: config.DATABASE_URL, log });
}
