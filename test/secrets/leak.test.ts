import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testRedis, type TestRedis } from '@apployd/backplane/testing/test-redis';
import { createDb } from '@apployd/prisma/create-db';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { aPlatform, type TestPlatform } from '../system/a-platform.js';
import { anApp } from '../system/sample-app.js';
import { sampleRepository } from '../system/sample-repository.js';
import { visit } from '../system/visitors.js';
import { isLeftOut } from '../without.js';
import { filesOf, openToOthers, placesOf, rowsOf } from './everything-kept.js';

const secret = 'canary-7f3a"\\ with spaces';
const refused = 'canary-refused-91c4';
const password = 'correct horse battery staple';

/** Prints the secret at once, in two halves, encoded and in an error; the address shows that the app has it. */
const tells = `
const { SECRET } = process.env;
console.log('it is ' + SECRET);
process.stdout.write('halves ' + SECRET.slice(0, 9));
setTimeout(() => process.stdout.write(SECRET.slice(9) + '\\n'), 200);
console.error('encoded ' + Buffer.from(SECRET).toString('base64'));
console.error(new Error('with ' + SECRET));
setTimeout(() => console.log('all is told'), 400);
listen(process.env.PORT, (request, response) => response.end(SECRET));`;

describe.skipIf(isLeftOut('redis'))('of what passes through a platform with PostgreSQL and Redis', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let platform: TestPlatform;
  const commands: string[] = [];
  let stopListening: () => void;

  beforeAll(async () => {
    [database, redis] = await Promise.all([testDatabase(), testRedis()]);
    const client = new Redis(redis.url);
    const monitor = await client.monitor();
    monitor.on('monitor', (_time: string, args: string[]) => commands.push(args.join(' ')));
    stopListening = () => [monitor, client].forEach((connection) => connection.disconnect());
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url, LOG_LEVEL: 'debug' };
    platform = await aPlatform({ runtime: 'process', streams: 'websocket', env });
  }, 120_000);
  afterAll(async () => {
    await platform?.stop();
    stopListening?.();
    await redis?.close();
    await database?.close();
  }, 60_000);

  test('no secret is kept or printed anywhere in the clear, while the app has it', { timeout: 180_000 }, async () => {
    const { apployd } = platform;
    const repository = await sampleRepository(path.join(platform.folder, 'repositories', 'teller'));
    await repository.commit('main', anApp('', tells));
    const { id: environmentId } = await platform.project('teller', repository.url);
    await apployd.variables.set({ environmentId, variables: [{ key: 'SECRET', value: secret, isSecret: true }] });
    const invalid = { environmentId, variables: [{ key: 'not a key', value: refused, isSecret: true }] };
    await expect(apployd.variables.set(invalid)).rejects.toMatchObject({ code: 'VALIDATION' });
    const { organizations } = await apployd.account.viewer();
    const organizationId = organizations.nodes[0]?.id ?? '';
    const { secret: token } = await apployd.tokens.create({ organizationId, name: 'ci', scopes: ['DEPLOY'] });

    const { url } = await (await apployd.deployments.create({ environmentId })).wait({ timeoutMs: 60_000 });
    expect((await visit(url ?? '')).body).toBe(secret);
    const told = () => apployd.logs.tail({ environmentId }, 100);
    await expect
      .poll(async () => (await told()).map(({ message }) => message), { timeout: 20_000 })
      .toContain('all is told');
    // A second deployment: what the first one wrote is read again, and its jobs are over.
    await (await apployd.deployments.create({ environmentId })).wait({ timeoutMs: 60_000 });

    const db = createDb({ url: database.url, connections: 2 });
    const rows = await rowsOf(db).finally(() => db.$disconnect());
    const files = await filesOf(path.join(platform.folder, 'data'));
    const lines = (await told()).map(({ message }) => message);
    // Whoever looks in the wrong place finds nothing at all.
    expect(placesOf(['teller'], rows)).not.toEqual([]);
    expect(placesOf(['it is '], rows)).not.toEqual([]);
    expect(placesOf(['server.js'], files)).not.toEqual([]);
    expect(placesOf(['deployment'], commands)).not.toEqual([]);
    expect(placesOf(['ready'], platform.output)).not.toEqual([]);
    const words = [secret, refused, password, token ?? ''];
    for (const texts of [rows, commands, platform.output, lines]) expect(placesOf(words, texts)).toEqual([]);
    // What an app has printed, before it is masked: in files of the runtime's own, as Docker has its own.
    const raw = /^engine\/instances\/[^/]+\/std(out|err)\.log /;
    expect(placesOf(words, files).filter((place) => !raw.test(place))).toEqual([]);
    expect(await openToOthers(path.join(platform.folder, 'data', 'engine', 'instances'))).toEqual([]);
  });
});
