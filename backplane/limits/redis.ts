import type { Logger } from '../log/logger.js';
import { openRedis } from '../redis/open-redis.js';
import { msOf, takenOf } from './level.js';
import type { Limits } from './limits.js';

const prefix = 'apployd:limits:';

/** Buckets in Redis, by its clock. A key goes when its bucket is full. */
export function redisLimits({ redisUrl, log }: { readonly redisUrl: string; readonly log: Logger }): Limits {
  const redis = openRedis(redisUrl, log, 'impatient');
  return {
    async take(key, points, bucket) {
      const answer = await redis.eval(taking, 1, prefix + key, msOf(points, bucket), msOf(bucket.capacity, bucket));
      const [granted, untilFull] = answer as [number, string];
      return takenOf(granted === 1, Number(untilFull), points, bucket);
    },
    async refund(key, points, bucket) {
      await redis.eval(refunding, 1, prefix + key, msOf(points, bucket));
    },
    async close() {
      redis.disconnect();
    },
  };
}

// Numbers go as text: Lua would hand them to Redis as whole ones.
const clock = `local time = redis.call('TIME')
  local now = time[1] * 1000 + time[2] / 1000`;
const keeping = `local function keep(moment)
    if moment <= now then return redis.call('DEL', KEYS[1]) end
    redis.call('SET', KEYS[1], string.format('%.3f', moment), 'PX', math.ceil(moment - now))
  end`;
const taking = `
  ${clock}
  ${keeping}
  local before = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
  local after = before + tonumber(ARGV[1])
  if after - now > tonumber(ARGV[2]) + 0.001 then return { 0, string.format('%.3f', before - now) } end
  if tonumber(ARGV[1]) > 0 then keep(after) end
  return { 1, string.format('%.3f', after - now) }`;
const refunding = `
  ${clock}
  ${keeping}
  local before = redis.call('GET', KEYS[1])
  if before then keep(tonumber(before) - tonumber(ARGV[1])) end
  return 1`;
