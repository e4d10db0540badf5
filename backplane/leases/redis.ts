import type { Redis } from 'ioredis';
import { openRedis } from '../redis/open-redis.js';
import type { Logger } from '../log/logger.js';
import { holdWhile, type HeldLease } from './hold-while.js';
import { newHolder, ownerAt } from './holder.js';
import type { Leases } from './leases.js';

const prefix = 'apployd:leases:';
const fenceSuffix = ':fence';

export type RedisLeasesOptions = {
  readonly redisUrl: string;
  readonly log: Logger;
  /** In whose name they are held. */
  readonly owner?: string;
};

/**
 * Leases in Redis: a first gate that keeps most others out cheaply. Redis may be emptied or lose its last writes, and with
 * them leases and fences, so what must hold is held by a row.
 */
export function redisLeases({ redisUrl, log, owner }: RedisLeasesOptions): Leases {
  const redis = openRedis(redisUrl, log, 'impatient');
  return {
    async hold(key, ttlMs, work) {
      const lease = await take(redis, prefix + key, ttlMs, newHolder(owner));
      return lease && { value: await holdWhile(lease, ttlMs, work) };
    },
    endFormer: async () => (owner === undefined ? 0 : endAllOf(redis, owner)),
    async close() {
      redis.disconnect();
    },
  };
}

async function endAllOf(redis: Redis, owner: string): Promise<number> {
  let ended = 0;
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    for (const key of (keys as string[]).filter((name) => !name.endsWith(fenceSuffix)))
      ended += Number(await redis.eval(endingOf, 1, key, owner));
  }
  return ended;
}

async function take(redis: Redis, key: string, ttlMs: number, token: string): Promise<HeldLease | null> {
  const fence = await redis.eval(taking, 2, key, key + fenceSuffix, token, ttlMs);
  if (fence === null) return null;
  return {
    fence: BigInt(String(fence)),
    renew: async () => (await redis.eval(renewing, 1, key, token, ttlMs)) === 1,
    release: async () => void (await redis.eval(releasing, 1, key, token)),
  };
}

// A fence is kept for a week after its last holder.
const taking = `
  if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return nil end
  local fence = redis.call('INCR', KEYS[2])
  redis.call('EXPIRE', KEYS[2], 604800)
  return fence`;
const renewing = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
  return 0`;
const releasing = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`;
const endingOf = `
  local holder = redis.call('GET', KEYS[1])
  if holder and string.sub(holder, ${ownerAt}) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`;
