import { openSql } from '@apployd/prisma/open-sql';
import { readConfig } from './config.js';

/** An engine writes its heartbeat every five seconds. */
const mostSilenceS = 20;

/** Docker's health check of the engine: ends with 0 when the engine of this machine has written its heartbeat lately. */
async function isAlive(): Promise<boolean> {
  const { DATABASE_URL: url, ENGINE_SERVER_NAME: name } = readConfig();
  const sql = openSql({ url, name: 'apployd engine health', connections: 1 });
  try {
    const question = `SELECT "heartbeatAt" > now() - make_interval(secs => $2) AS alive FROM "Server" WHERE name = $1`;
    const [row] = await sql.query<{ readonly alive: boolean }>(question, [name, mostSilenceS]);
    return row?.alive ?? false;
  } finally {
    await sql.close();
  }
}

await isAlive().then(
  (alive) => process.exit(alive ? 0 : 1),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
