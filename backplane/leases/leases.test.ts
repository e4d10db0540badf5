import { testDatabase } from '@apployd/prisma/test-database';
import { Redis } from 'ioredis';
import { describe } from 'vitest';
import { silentLogger } from '../log/logger.js';
import { testRedis, withoutRedis } from '../testing/test-redis.js';
import { leasesConformance } from './leases.conformance.js';
import { memoryLeases } from './memory.js';
import { postgresLeases } from './postgres.js';
import { redisLeases } from './redis.js';

leasesConformance('memory', async () => {
  const leases = memoryLeases();
  return { connect: () => leases, expire: async (key) => leases.expire(key), close: async () => undefined };
});

leasesConformance('PostgreSQL', async () => {
  const { db, close } = await testDatabase();
  return {
    connect: () => postgresLeases(db),
    expire: async (key) => void (await db.lease.updateMany({ where: { key }, data: { expiresAt: new Date(0) } })),
    close,
  };
});

describe.skipIf(withoutRedis(process.env))('with Redis', () => {
  leasesConformance('Redis', async () => {
    const redis = await testRedis();
    const client = new Redis(redis.url);
    return {
      connect: () => redisLeases({ redisUrl: redis.url, log: silentLogger }),
      expire: async (key) => void (await client.del(`apployd:leases:${key}`)),
      async close() {
        client.disconnect();
        await redis.close();
      },
    };
  });
});
