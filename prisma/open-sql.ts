import pg from 'pg';

/** A few statements without the whole client, which costs a process some 70 MB. */
export interface Sql {
  query<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** `timeoutMs` bounds connecting and every statement, also when the server is gone without a word. */
export function openSql(options: {
  readonly url: string;
  readonly name: string;
  readonly connections?: number;
  readonly timeoutMs?: number;
}): Sql {
  const { url, name, connections = 2, timeoutMs = 5_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max: connections,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs,
    keepAlive: true,
  });
  // A broken idle connection is replaced by the pool; the statement that meets a broken one says so itself.
  pool.on('error', () => undefined);
  return {
    query: async <Row>(text: string, values: readonly unknown[] = []) => {
      const { rows } = await pool.query(text, [...values]);
      return rows as Row[];
    },
    close: () => pool.end(),
  };
}
