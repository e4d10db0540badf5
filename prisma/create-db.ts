import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client/client.js';
import { statementNames } from './statement-names.js';

export type Db = PrismaClient;
/** What a transaction's callback is given: the same tables. */
export type Transaction = Parameters<Parameters<Db['$transaction']>[0]>[0];

/** The database at this URL. `statementTimeoutMs` bounds every statement; `$disconnect()` ends the pool. */
export function createDb(options: {
  readonly url: string;
  readonly connections?: number;
  readonly statementTimeoutMs?: number;
}): Db {
  const { url, connections = 10, statementTimeoutMs = 5_000 } = options;
  const pool = {
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementTimeoutMs,
  };
  return new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: statementNames() }) });
}
