import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { aPerson } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

/** Transactions that were open, and idle, when a password was about to be hashed. */
type Observed = { readonly transactions: Promise<number> };
vi.mock('@node-rs/argon2', async (original) => {
  const actual = await original<typeof import('@node-rs/argon2')>();
  const watched = (password: string) => {
    const transactions = openTransactions();
    return Object.assign(
      transactions.then(() => actual.hash(password)),
      { transactions },
    );
  };
  return { ...actual, hash: vi.fn(watched) };
});

async function openTransactions(): Promise<number> {
  const rows = await server.db.$queryRaw<{ open: bigint }[]>`
    SELECT count(*) AS open FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%'`;
  return Number(rows[0]?.open);
}

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

test('signing up holds no transaction while the password is hashed', async () => {
  await aPerson(server);
  const open = vi.mocked(hash).mock.results.map(({ value }) => (value as Promise<string> & Observed).transactions);
  expect(await Promise.all(open)).toEqual([0]);
});
