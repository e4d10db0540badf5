import { backoffMs } from '@apployd/core/backoff';
import { Redis } from 'ioredis';
import type { Logger } from '../log/logger.js';

/**
 * A connection that is made again whenever it breaks, and never crashes the process. An impatient one refuses commands within
 * seconds while Redis is away; a patient one keeps them until it is back (BullMQ's workers need that).
 */
export function openRedis(url: string, log: Logger, patience: 'impatient' | 'patient'): Redis {
  const redis = new Redis(url, {
    connectTimeout: 5_000,
    keepAlive: 10_000,
    retryStrategy: (times) => backoffMs(times, 50, 2_000),
    ...(patience === 'patient' ? { maxRetriesPerRequest: null } : { maxRetriesPerRequest: 2, commandTimeout: 5_000 }),
  });
  redis.on('error', (error: Error) => log.warn({ err: error }, 'Redis reports an error.'));
  return redis;
}
