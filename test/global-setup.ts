import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { endEmbeddedPostgres, startEmbeddedPostgres } from '../launch/postgres/embedded-postgres.js';
import { memory, memoryFolder } from './memory-folder.js';

const prefix = 'apployd-test-postgres-';

/** Gives every test one PostgreSQL through TEST_DATABASE_URL: the one named there, or an embedded one of this run. */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_DATABASE_URL) return undefined;
  await removeLeftovers();
  const place = (await memoryFolder()) ?? os.tmpdir();
  const folder = await mkdtemp(path.join(place, `${prefix}${process.pid}-`));
  const postgres = await startEmbeddedPostgres({ folder, durable: false, connections: 300 });
  process.env.TEST_DATABASE_URL = postgres.url;
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** Ends and deletes what killed runs left behind. */
async function removeLeftovers(): Promise<void> {
  for (const folder of [os.tmpdir(), memory]) {
    for (const name of await readdir(folder).catch(() => [])) {
      const pid = Number(name.startsWith(prefix) ? name.slice(prefix.length).split('-')[0] : NaN);
      if (!pid || isAlive(pid)) continue;
      const left = path.join(folder, name);
      await endEmbeddedPostgres(left);
      await rm(left, { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
