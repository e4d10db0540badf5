import { testRedis } from '@apployd/backplane/testing/test-redis';
import { testDatabase } from '@apployd/prisma/test-database';
import { describe } from 'vitest';
import { isLeftOut } from '../without.js';
import { journey } from './journey.js';

describe.skipIf(isLeftOut('docker') || isLeftOut('redis'))('with servers', () => {
  journey('Docker runtime on PostgreSQL and Redis', { runtime: 'docker', streams: 'sse', servers });
});

async function servers() {
  const [database, redis] = await Promise.all([testDatabase(), testRedis()]);
  return {
    env: { DATABASE_URL: database.url, REDIS_URL: redis.url },
    close: async () => {
      await redis.close();
      await database.close();
    },
  };
}
