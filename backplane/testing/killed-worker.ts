import { createLogger } from '../log/logger.js';
import { bullmqTimings } from '../jobs/bullmq-connection.js';
import { postgresJobs } from '../jobs/postgres.js';
import { redisJobs } from '../jobs/redis.js';
import { idleHandlers } from './idle-handlers.js';

/** Started by jobs/bullmq.test.ts as a process of its own: works without end on this one id, and says so; others are done at once. */
const [backend, url = '', mine] = process.argv.slice(2);
const log = createLogger({ name: 'killed-worker', level: 'silent', format: 'json' });
const timings = { ...bullmqTimings, lockMs: 500, stalledMs: 250 };
const jobs =
  backend === 'redis' ? redisJobs({ redisUrl: url, log, timings }) : postgresJobs({ databaseUrl: url, log, timings });
const none = async () => undefined;
const deploy = async (id: string) => {
  if (id !== mine) return; // what an earlier test left
  process.stdout.write(`${id}\n`);
  await new Promise(() => undefined);
};
await jobs.work({ ...idleHandlers, deploy }, { concurrency: 1, attempts: 3, onFailed: none });
