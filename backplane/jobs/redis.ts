import { createRedisBackend, type BackendFactory, type IQueueBackend } from 'bullmq';
import { openRedis } from '../redis/open-redis.js';
import type { Logger } from '../log/logger.js';
import type { BullmqTimings } from './bullmq-connection.js';
import { bullmqJobs } from './bullmq.js';
import type { Jobs } from './jobs.js';

/** Jobs on Redis. Asking fails fast while Redis is away; workers wait for it. */
export function redisJobs(options: {
  readonly redisUrl: string;
  readonly log: Logger;
  readonly timings?: BullmqTimings;
}): Jobs {
  const { redisUrl, log, timings } = options;
  const asking = openRedis(redisUrl, log, 'impatient');
  let working: ReturnType<typeof openRedis> | undefined;
  const on =
    (client: () => ReturnType<typeof openRedis>): BackendFactory<IQueueBackend, object> =>
    (name, queueOptions, factoryOptions) =>
      createRedisBackend(name, { ...queueOptions, ...{ prefix: 'apployd' }, connection: client() }, factoryOptions);
  return bullmqJobs(
    {
      asking: on(() => asking),
      working: on(() => (working ??= openRedis(redisUrl, log, 'patient'))),
      prepare: async () => undefined,
      async end() {
        asking.disconnect();
        working?.disconnect();
      },
    },
    log,
    timings,
  );
}
