import { expect } from 'vitest';
import type { Transaction } from '@apployd/prisma/create-db';
import { uuid, type Person } from './make.js';
import type { TestServer } from './test-server.js';

/** Holds rows until every call waits for them: each has looked before any of them acts. */
export async function atTheSameMoment<T>(
  { db }: Pick<TestServer, 'db'>,
  hold: (tx: Transaction) => Promise<unknown>,
  calls: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const begun: Promise<T>[] = [];
  await db.$transaction(
    async (tx) => {
      await hold(tx);
      begun.push(...calls.map((call) => call()));
      await expect.poll(() => waiting(db), { timeout: 10_000 }).toBe(calls.length);
    },
    { timeout: 20_000 },
  );
  return Promise.all(begun);
}

export function organizationOf({ organizationId }: Pick<Person, 'organizationId'>) {
  return (tx: Transaction) =>
    tx.$queryRaw`SELECT 1 FROM "Organization" WHERE "id" = ${uuid(organizationId)}::uuid FOR NO KEY UPDATE`;
}

/** How many statements wait for a lock just now. */
export async function waiting(db: TestServer['db']): Promise<number> {
  const [row] = await db.$queryRaw<[{ count: bigint }]>`
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return Number(row.count);
}
