import pg from 'pg';

const prismaCodes = { '3D000': 'P1003', '28P01': 'P1000', ECONNREFUSED: 'P1001' };

/** `can-connect-to-database`, `create-database` or `drop-database`. */
export async function runDatabaseCommand(command, url) {
  try {
    await commands[command](url);
  } catch (error) {
    fail(prismaCodes[error.code] ?? 'P1001', error.message || String(error.code));
  }
}

const commands = {
  'can-connect-to-database': (url) => query(url, 'SELECT 1'),
  'create-database': (url) => query(maintenance(url), `CREATE DATABASE ${pg.escapeIdentifier(databaseName(url))}`),
  'drop-database': (url) =>
    query(maintenance(url), `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(databaseName(url))}`),
};

async function query(url, sql) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 30_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const databaseName = (url) => decodeURIComponent(new URL(url).pathname.slice(1));

/** Every server has this database; one cannot be connected to what one creates or drops. */
function maintenance(url) {
  const other = new URL(url);
  other.pathname = '/postgres';
  return other.toString();
}

/** The CLI skips the first line and reads a JSON object from each further one. */
function fail(error_code, message) {
  const entry = { level: 'ERROR', target: 'schema_engine::logger', fields: { is_panic: false, error_code, message } };
  process.stderr.write(`schema engine\n${JSON.stringify({ timestamp: new Date().toISOString(), ...entry })}`);
  process.exitCode = 1;
}
