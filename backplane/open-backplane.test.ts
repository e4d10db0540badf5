import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { buildLogOf } from '@apployd/core/log-line';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from './log/logger.js';
import { openBackplane, type Backplane } from './open-backplane.js';
import { deferred } from './testing/deferred.js';
import { testRedis, withoutRedis, type TestRedis } from './testing/test-redis.js';
import { noWork } from './testing/no-work.js';

backplaneOn('PostgreSQL alone', async () => null);

describe.skipIf(withoutRedis(process.env))('where there is a Redis', () => {
  backplaneOn('PostgreSQL and Redis', testRedis);
});

function backplaneOn(name: string, openRedis: () => Promise<TestRedis | null>): void {
  describe(`a backplane on ${name}`, () => {
    let database: TestDatabase;
    let redis: TestRedis | null;
    let folder: string;
    let here: Backplane;
    let there: Backplane;

    beforeAll(async () => {
      database = await testDatabase();
      redis = await openRedis();
      folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-backplane-'));
      const config = {
        DATABASE_URL: database.url,
        REDIS_URL: redis?.url,
        APPLOYD_DATA: folder,
        APPLOYD_SECRET: 's'.repeat(32),
      };
      here = await openBackplane(config, { name: 'here', log: silentLogger, connections: 3 });
      there = await openBackplane(config, { name: 'there', log: silentLogger, connections: 3 });
    });
    afterAll(async () => {
      await Promise.all([here?.close(), there?.close()]);
      await redis?.close();
      await database?.close();
      await rm(folder, { recursive: true, force: true });
    });

    test('what one process asks for another does, and tells by lines and hints', async () => {
      const id = randomUUID();
      const organizationId = randomUUID();
      const stop = AbortSignal.timeout(20_000);
      const none = async () => undefined;
      const deploy = async (deploymentId: string) => {
        const lines = [{ at: new Date(), source: 'BUILD' as const, message: 'built', deploymentId }];
        await there.logs.append(buildLogOf(deploymentId), organizationId, lines);
        await there.logs.end(buildLogOf(deploymentId), organizationId);
        there.events.publish('deployment', deploymentId);
      };
      const worker = await there.jobs.work({ ...noWork, deploy }, { concurrency: 1, attempts: 1, onFailed: none });
      const hints = (await here.events.listen('deployment', id, stop))[Symbol.asyncIterator]();
      await here.jobs.ask('deploy', id);
      const followed = [];
      for await (const message of here.logs.follow(buildLogOf(id), 0, stop)) followed.push(message);
      expect(followed).toMatchObject([
        { kind: 'batch', lines: [{ message: 'built' }] },
        { kind: 'end', cursor: 1 },
      ]);
      expect((await hints.next()).value).toBe(id);
      await hints.return?.();
      await worker.close(1_000);
    });

    test('what one process holds or stores another sees', async () => {
      for (const kind of ['leases', 'gate'] as const) {
        const held = deferred();
        const release = deferred();
        const holding = (here[kind] ?? here.leases).hold('key', 60_000, () => (held.resolve(), release.promise));
        await held.promise;
        expect(await (there[kind] ?? there.leases).hold('key', 60_000, async () => 0)).toBeNull();
        release.resolve();
        await holding;
      }
      await here.blobs.put('uploads/one', Readable.from(['content']), { maxBytes: 100 });
      expect(await text((await there.blobs.get('uploads/one'))!)).toBe('content');
      expect(there.secretBox.open(here.secretBox.seal('text', 'row'), 'row')).toBe('text');
      expect((await here.metrics.page()).body).toContain('process="here"');
    });
  });
}
