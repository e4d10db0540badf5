import { testDatabase } from '@apployd/prisma/test-database';
import { Redis } from 'ioredis';
import { describe } from 'vitest';
import { silentLogger } from '../log/logger.js';
import { testRedis, withoutRedis } from '../testing/test-redis.js';
import { formerLeasesConformance, leasesConformance } from './leases.conformance.js';
import { memoryLeases } from './memory.js';
import { postgresLeases } from './postgres.js';
import { redisLeases } from './redis.js';

leasesConformance('memory', async () => {
  const leases = memoryLeases();
  return { connect: () => leases, expire: async (key) => leases.expire(key), close: async () => undefined };
});

const onPostgres = async () => {
  const { db, close } = await testDatabase();
  return {
    connect: (owner?: string) => postgresLeases(db, owner),
    expire: async (key: string) =>
      void (await db.lease.updateMany({ where: { key }, data: { expiresAt: new Date(0) } })),
    close,
  };
};
leasesConformance('PostgreSQL', onPostgres);
formerLeasesConformance('PostgreSQL', onPostgres);

describe.skipIf(withoutRedis(process.env))('with Redis', { concurrent: true }, () => {
  const onRedis = async () => {
    const redis = await testRedis();
    const client = new Redis(redis.url);
    return {
      connect: (owner?: string) => redisLeases({ redisUrl: redis.url, log: silentLogger, owner }),
      expire: async (key: string) => void (await client.del(`apployd:leases:${key}`)),
      async close() {
        client.disconnect();
        await redis.close();
      },
    };
  };
  leasesConformance('Redis', onRedis);
  formerLeasesConformance('Redis', onRedis);
});
