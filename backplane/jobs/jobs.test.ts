import { testDatabase } from '@apployd/prisma/test-database';
import { describe } from 'vitest';
import { silentLogger } from '../log/logger.js';
import { testRedis, withoutRedis } from '../testing/test-redis.js';
import { bullmqTimings } from './bullmq-connection.js';
import { jobsConformance } from './jobs.conformance.js';
import { memoryJobs } from './memory.js';
import { postgresJobs } from './postgres.js';
import { redisJobs } from './redis.js';

const log = silentLogger;
const timings = { ...bullmqTimings, firstRetryMs: 10, mostRetryMs: 20 };

jobsConformance('memory', async () => ({ connect: () => memoryJobs(), close: async () => undefined }));

jobsConformance('PostgreSQL', async () => {
  const database = await testDatabase();
  return { connect: () => postgresJobs({ databaseUrl: database.url, log, timings }), close: () => database.close() };
});

describe.skipIf(withoutRedis(process.env))('with Redis', () => {
  jobsConformance('Redis', async () => {
    const redis = await testRedis();
    return { connect: () => redisJobs({ redisUrl: redis.url, log, timings }), close: () => redis.close() };
  });
});
