import path from 'node:path';
import { Redis } from 'ioredis';
import { testRedis, type TestRedis } from '@apployd/backplane/testing/test-redis';
import { idOf } from '@apployd/core/id';
import { createDb, type Db } from '@apployd/prisma/create-db';
import { aPlatform, type TestEnvironment, type TestPlatform } from '../system/a-platform.js';
import { anApp } from '../system/sample-app.js';
import { sampleRepository } from '../system/sample-repository.js';
import type { Runtime } from './points.js';

/** A platform on Redis and a PostgreSQL of its own, with an app that is live. */
export type Scene = {
  readonly platform: TestPlatform;
  readonly runtime: Runtime;
  readonly db: Db;
  readonly environment: TestEnvironment;
  /** The environment's id in the database. */
  readonly environmentId: string;
  /** Where visitors go. */
  readonly url: string;
  readonly redis: () => Redis;
  /** Kills Redis and starts another in its place, with nothing in it. */
  loseRedis(): Promise<void>;
  /** Has Redis answer nobody for so long. */
  haltRedis(ms: number): Promise<void>;
  /** Has the next deployment bring this text live, slowly enough for every stage to be met. */
  publish(text: string): Promise<void>;
  close(): Promise<void>;
};

/** A build and a release command that take a second each, and an app that is up a second after it was started. */
const build = `node -e "setTimeout(() => console.log('built'), 1000)"`;
const releaseCommand = ['node', '-e', "setTimeout(() => console.log('migrated'), 1000)"];
const slowly = 'setTimeout(() => listen(), 1000);';

export type SceneOptions = {
  /** The app has a release command: each deployment passes RELEASE. */
  readonly withRelease?: boolean;
};

export async function aScene(runtime: Runtime, { withRelease = false }: SceneOptions = {}): Promise<Scene> {
  let redis: TestRedis = await testRedis();
  const { port } = redis;
  const servers = async () => ({ env: { REDIS_URL: redis.url }, close: () => redis.close() });
  const platform = await aPlatform({ runtime, streams: 'websocket', servers }).catch(async (error: unknown) => {
    await redis.close();
    throw error;
  });
  const db = createDb({ url: platform.urls.database, connections: 2 });
  const client = new Redis(redis.url, { maxRetriesPerRequest: 1, retryStrategy: () => 100 });
  client.on('error', () => undefined);
  const repository = await sampleRepository(path.join(platform.folder, 'repositories', 'shop'));
  const publish = async (text: string) => void (await repository.commit('main', anApp(text, slowly, { build })));
  const environment = await platform.project('shop', repository.url, withRelease ? { releaseCommand } : undefined);
  await publish('first');
  const first = await platform.apployd.deployments.create({ environmentId: environment.id });
  const { url } = await first.wait({ timeoutMs: 120_000 });
  return {
    ...{ platform, runtime, db, environment, publish },
    environmentId: idOf('Environment', environment.id) ?? '',
    url: url ?? '',
    redis: () => client,
    loseRedis: async () => {
      await redis.close();
      redis = await testRedis(port);
    },
    haltRedis: (ms) => redis.halt(ms),
    close: async () => {
      client.disconnect();
      await db.$disconnect();
      await platform.stop();
    },
  };
}
