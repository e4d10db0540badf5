import type { SharedConfig } from '../config/shared.js';
import type { Logger } from '../log/logger.js';
import type { Jobs } from './jobs.js';

type JobsConfig = Pick<SharedConfig, 'DATABASE_URL' | 'REDIS_URL'>;

/** Jobs on Redis when there is one, else in PostgreSQL. Loaded when first needed: it is a large part of an idle server. */
export function openJobs(config: JobsConfig, log: Logger): Jobs {
  let opened: Promise<Jobs> | undefined;
  const jobs = () => (opened ??= load(config, log));
  return {
    ask: async (name, id, options) => (await jobs()).ask(name, id, options),
    isAsked: async (name, id) => (await jobs()).isAsked(name, id),
    work: async (handlers, options) => (await jobs()).work(handlers, options),
    close: async () => (await opened)?.close(),
  };
}

async function load(config: JobsConfig, log: Logger): Promise<Jobs> {
  if (config.REDIS_URL) return (await import('./redis.js')).redisJobs({ redisUrl: config.REDIS_URL, log });
  return (await import('./postgres.js')).postgresJobs({ databaseUrl: config.DATABASE_URL, log });
}
