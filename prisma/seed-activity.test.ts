import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { readTestDatabaseUrl } from './config.js';
import { migrate } from './migrate.js';
import { migrationsFolder } from './migrations-folder.js';
import { scratchDatabase } from './scratch-database.js';

const migration = '20261127043300_reported_activity';
const [organization, project, visited, silent, edge] = [1, 2, 3, 4, 5].map(
  (number) => `00000000-0000-4000-8000-00000000000${number}`,
);

/** What a platform has that runs already: an environment whose visitors were written down, and one whose were not. */
const rows = `
  INSERT INTO "Organization" ("id", "slug", "name", "planId")
    SELECT '${organization}', 'acme', 'Acme', "id" FROM "Plan" WHERE "code" = 'FREE';
  INSERT INTO "Project" ("id", "organizationId", "slug", "name", "settings")
    VALUES ('${project}', '${organization}', 'shop', 'Shop', '{"autoSleepMinutes": 15}');
  INSERT INTO "Environment" ("id", "organizationId", "projectId", "slug", "kind", "hostname", "createdAt") VALUES
    ('${visited}', '${organization}', '${project}', 'production', 'PRODUCTION', 'a.test', now() - interval '9 days'),
    ('${silent}', '${organization}', '${project}', 'staging', 'STAGING', 'b.test', now() - interval '9 days');
  INSERT INTO "Activity" ("environmentId", "lastActiveAt") VALUES ('${visited}', '2026-11-27T01:02:03Z');
  INSERT INTO "Edge" ("id", "name", "url", "heartbeatAt", "startedAt") VALUES ('${edge}', 'edge', 'http://edge', now(), now());`;

test('a platform that is upgraded counts every environment as visited just now, but where it knows better, and its edges as silent on that', async () => {
  const database = await scratchDatabase(readTestDatabaseUrl());
  const former = await mkdtemp(path.join(os.tmpdir(), 'migrations-'));
  const client = new pg.Client({ connectionString: database.url });
  try {
    for (const name of await readdir(migrationsFolder()))
      if (name < migration) await cp(path.join(migrationsFolder(), name), path.join(former, name), { recursive: true });
    await migrate({ url: database.url, folder: former });
    await client.connect();
    await client.query(rows);
    const [before] = (await client.query<{ now: Date }>('SELECT now() AS "now"')).rows;
    expect(await migrate({ url: database.url })).toContain(migration);
    const active = await client.query<{ environmentId: string; lastActiveAt: Date }>('SELECT * FROM "Activity"');
    const lastActiveAt = new Map(active.rows.map((row) => [row.environmentId, row.lastActiveAt]));
    expect(lastActiveAt.get(visited!)).toEqual(new Date('2026-11-27T01:02:03Z'));
    expect(lastActiveAt.get(silent!)!.getTime()).toBeGreaterThanOrEqual(before!.now.getTime());
    expect((await client.query('SELECT "reportedAt" FROM "Edge"')).rows).toEqual([{ reportedAt: null }]);
  } finally {
    await client.end();
    await database.drop();
    await rm(former, { recursive: true });
  }
});
