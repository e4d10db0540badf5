import { expect } from 'vitest';
import { uuid, type Person } from './make.js';
import type { TestServer } from './test-server.js';

/** Holds the organization's row until every call waits for it: each has looked before any of them acts. */
export async function atTheSameMoment<T>(
  { db }: Pick<TestServer, 'db'>,
  { organizationId }: Pick<Person, 'organizationId'>,
  calls: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const begun: Promise<T>[] = [];
  await db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM "Organization" WHERE "id" = ${uuid(organizationId)}::uuid FOR UPDATE`;
      begun.push(...calls.map((call) => call()));
      await expect.poll(() => waiting(db), { timeout: 10_000 }).toBe(calls.length);
    },
    { timeout: 20_000 },
  );
  return Promise.all(begun);
}

async function waiting(db: TestServer['db']): Promise<number> {
  const [row] = await db.$queryRaw<[{ count: bigint }]>`
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return Number(row.count);
}
