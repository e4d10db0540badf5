import { jobNames } from '@apployd/core/job';
import { createPostgresBackend, runMigrations, type BackendFactory, type IQueueBackend } from 'bullmq';
import pg from 'pg';
import type { Logger } from '../log/logger.js';
import type { BullmqTimings } from './bullmq-connection.js';
import { bullmqJobs } from './bullmq.js';
import type { Jobs } from './jobs.js';

const schema = 'bullmq';

/** Jobs in PostgreSQL, in tables that BullMQ keeps in a schema of its own. */
export function postgresJobs(options: {
  readonly databaseUrl: string;
  readonly log: Logger;
  readonly timings?: BullmqTimings;
}): Jobs {
  const { databaseUrl, log, timings } = options;
  const pool = openPool(databaseUrl, log);
  const onPool: BackendFactory<IQueueBackend, object> = (name, queueOptions, factoryOptions) =>
    createPostgresBackend(name, { ...queueOptions, connection: pool }, factoryOptions);
  let migrated: Promise<void> | undefined;
  return bullmqJobs(
    {
      asking: onPool,
      working: onPool,
      prepare() {
        migrated ??= migrate(pool).catch((error: unknown) => {
          migrated = undefined;
          throw error;
        });
        return migrated;
      },
      end: () => pool.end(),
    },
    log,
    timings,
  );
}

/** One pool for all queues: each worker keeps one of its connections listening, three serve the rest. */
function openPool(databaseUrl: string, log: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'apployd jobs',
    options: `-c search_path=${schema}`,
    max: jobNames.length + 3,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  pool.setMaxListeners(0); // BullMQ adds one per queue and worker
  pool.on('error', (error) => log.warn({ err: error }, 'A database connection of the job queue broke.'));
  return pool;
}

async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, schema);
  } finally {
    client.release();
  }
}
