import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ensureCluster, findCluster } from './cluster.js';
import { freePort } from './free-port.js';
import { postgresBinaries } from './postgres-binaries.js';
import { postgresAccount } from './postgres-account.js';
import { PortTaken, findPostmaster, isAlive, spawnPostmaster, stopPostmaster, type Postmaster } from './postmaster.js';

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  /** A PostgreSQL that a killed launcher had left running was taken over. */
  readonly adopted: boolean;
  isRunning(): boolean;
  /** Ends it without losing anything; ending what is gone is not an error. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Holds the cluster, its password and its log. */
  readonly folder: string;
  /** Another free one is chosen when it is taken. */
  readonly port?: number;
  readonly connections?: number;
  /** Survive a power cut. Switch it off for tests only. */
  readonly durable?: boolean;
  readonly deadlineMs?: number;
}

const portAttempts = 5;

/** The PostgreSQL of the npm package, reachable from this machine only. Starting twice on one folder gives the same one. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { folder, connections = 100, durable = true, deadlineMs = 60_000 } = options;
  const account = await postgresAccount();
  await mkdir(folder, { recursive: true, mode: account ? 0o711 : 0o700 });
  const binaries = await postgresBinaries(folder, account);
  const cluster = await ensureCluster({ folder, binaries, account, durable });
  const deadlineAt = Date.now() + deadlineMs;

  const running = await findPostmaster(cluster, deadlineAt);
  if (running) return embedded(running, true);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? (options.port ?? 0) : 0);
    try {
      return embedded(
        await spawnPostmaster({ cluster, binaries, account, port, connections, durable, deadlineAt }),
        false,
      );
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === portAttempts) throw error;
    }
  }
}

/** Ends the PostgreSQL that a killed process left running on this folder; none is not an error. */
export async function endEmbeddedPostgres(folder: string): Promise<void> {
  const cluster = await findCluster(folder);
  const running = cluster && (await findPostmaster(cluster, Date.now() + 10_000));
  if (running) await stopPostmaster(running);
}

/** Where a platform keeps its embedded PostgreSQL. */
export const postgresFolder = (dataFolder: string) => path.join(dataFolder, 'postgres');

const embedded = (postmaster: Postmaster, adopted: boolean): EmbeddedPostgres => ({
  url: postmaster.url,
  port: postmaster.port,
  adopted,
  isRunning: () => isAlive(postmaster.pid),
  stop: () => stopPostmaster(postmaster),
});
