import type { Db } from '@apployd/prisma/create-db';
import type { SharedConfig } from '../config/shared.js';
import type { Logger } from '../log/logger.js';
import type { Limits } from './limits.js';
import { memoryLimits } from './memory.js';
import { postgresLimits } from './postgres.js';
import { withStandIn } from './stand-in.js';

/** Rate limits in Redis when there is one, else in PostgreSQL; in this process while neither answers. */
export async function openLimits(
  config: Pick<SharedConfig, 'REDIS_URL'>,
  { db, log }: { readonly db: Db; readonly log: Logger },
): Promise<Limits> {
  const store = config.REDIS_URL
    ? (await import('./redis.js')).redisLimits({ redisUrl: config.REDIS_URL, log })
    : postgresLimits(db);
  return withStandIn(store, memoryLimits(), log);
}
