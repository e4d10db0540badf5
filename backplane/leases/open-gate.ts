import type { SharedConfig } from '../config/shared.js';
import type { Logger } from '../log/logger.js';
import type { Leases } from './leases.js';

/** Leases in Redis when there is one; null where rows alone have to do. */
export async function openGate(
  config: Pick<SharedConfig, 'REDIS_URL'>,
  log: Logger,
  owner?: string,
): Promise<Leases | null> {
  if (!config.REDIS_URL) return null;
  return (await import('./redis.js')).redisLeases({ redisUrl: config.REDIS_URL, log, owner });
}
