import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client/client.js';
import type { Db } from './create-db.js';

/** For tests: a database that counts the statements it is sent. */
export function countingDb(url: string): { readonly db: Db; readonly statements: () => number } {
  let sent = 0;
  const db = new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: 10, statement_timeout: 5_000 }),
    log: [{ level: 'query', emit: 'event' }],
  });
  db.$on('query', () => (sent += 1));
  return { db, statements: () => sent };
}
