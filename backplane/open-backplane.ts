import path from 'node:path';
import { createDb, type Db } from '@apployd/prisma/create-db';
import type { Blobs } from './blobs/blobs.js';
import { folderBlobs } from './blobs/folder.js';
import type { SharedConfig } from './config/shared.js';
import type { Events } from './events/events.js';
import { openEvents } from './events/open-events.js';
import type { Jobs } from './jobs/jobs.js';
import { openJobs } from './jobs/open-jobs.js';
import type { Leases } from './leases/leases.js';
import { openGate } from './leases/open-gate.js';
import { postgresLeases } from './leases/postgres.js';
import type { Limits } from './limits/limits.js';
import { openLimits } from './limits/open-limits.js';
import type { Logger } from './log/logger.js';
import type { Logs } from './logs/logs.js';
import { postgresLogs } from './logs/postgres.js';
import { lazyMetrics, type LazyMetrics } from './metrics/lazy-metrics.js';
import { aesGcmSecretBox } from './secret-box/aes-gcm.js';
import type { Keyring } from './secret-box/keyring.js';
import { organizationKeys } from './secret-box/organization-keys.js';
import type { SecretBox } from './secret-box/secret-box.js';

/** What a process plugs into. */
export type Backplane = {
  readonly db: Db;
  readonly jobs: Jobs;
  readonly events: Events;
  /** The truth about who may act: rows with fences. */
  readonly leases: Leases;
  /** A cheaper first gate in front of it, where there is a Redis. */
  readonly gate: Leases | null;
  /** Rate limits; they never stand in the way when their store is away. */
  readonly limits: Limits;
  readonly logs: Logs;
  readonly blobs: Blobs;
  /** For what is the platform's own. */
  readonly secretBox: SecretBox;
  /** For what is an organization's. */
  readonly keyring: Keyring;
  readonly log: Logger;
  readonly metrics: LazyMetrics;
  /** Closes the ports, then the database. */
  close(): Promise<void>;
};

export type BackplaneConfig = Pick<SharedConfig, 'DATABASE_URL' | 'REDIS_URL' | 'APPLOYD_DATA' | 'APPLOYD_SECRET'>;

export type BackplaneOptions = {
  /** Of the process, such as `engine`. */
  readonly name: string;
  readonly log: Logger;
  /** In whose name leases are held, such as a server's: whoever comes after it frees what it left. */
  readonly leaseOwner?: string;
  /** To the database, beside those of jobs and events. */
  readonly connections?: number;
};

/** The ports on Redis where there is one, else on PostgreSQL alone. Connections are made when they are first needed. */
export async function openBackplane(config: BackplaneConfig, options: BackplaneOptions): Promise<Backplane> {
  const { name, log, connections, leaseOwner } = options;
  const db = createDb({ url: config.DATABASE_URL, connections });
  const leases = postgresLeases(db, leaseOwner);
  const jobs = openJobs(config, log);
  const [events, gate, limits] = await Promise.all([
    openEvents(config, log),
    openGate(config, log, leaseOwner),
    openLimits(config, { db, log }),
  ]);
  const logs = postgresLogs(db, { events, log });
  const secretBox = aesGcmSecretBox(config.APPLOYD_SECRET);
  return {
    db,
    jobs,
    events,
    leases,
    gate,
    limits,
    logs,
    blobs: folderBlobs(path.join(config.APPLOYD_DATA, 'blobs')),
    secretBox,
    keyring: organizationKeys(db, secretBox),
    log,
    metrics: lazyMetrics(name),
    async close() {
      await Promise.allSettled([logs.close(), jobs.close(), leases.close(), gate?.close(), limits.close()]);
      await events.close(); // after those that publish
      await db.$disconnect();
    },
  };
}
