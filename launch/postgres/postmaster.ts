import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { clusterUser, postgresEnv, type Cluster } from './cluster.js';
import type { Account } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';

/** A running PostgreSQL; its first process. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
}

export class PortTaken extends Error {}

const lookAgainMs = 15;
/** For how long nobody may be heard at the noted port before its process is taken for somebody else's. */
const silenceMs = 3_000;
/** Another cluster says so: to a password that is not its own, and to whom it does not know. */
const refusals = ['28P01', '28000'];
/** Nobody listens, or hangs up without a word of PostgreSQL. */
const silences = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'];
const silentEnds = /^Connection terminated unexpectedly|^received invalid response/;
const fastShutdownMs = 20_000;
const immediateShutdownMs = 5_000;

/** Starts PostgreSQL in a session of its own, so that a terminal's Ctrl-C does not reach it. */
export async function spawnPostmaster(options: {
  readonly cluster: Cluster;
  readonly binaries: PostgresBinaries;
  readonly account: Account | null;
  readonly port: number;
  readonly connections: number;
  readonly durable: boolean;
  readonly deadlineAt: number;
}): Promise<Postmaster> {
  const { cluster, account, deadlineAt } = options;
  const logFile = path.join(cluster.folder, 'postgres.log');
  await rename(logFile, `${logFile}.1`).catch(() => undefined);
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn(options.binaries.postgres, ['-D', cluster.data, ...settings(options)], {
      ...account,
      cwd: '/',
      env: postgresEnv,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    return await becomeReady(cluster, child, logFile, deadlineAt);
  } finally {
    await log.close();
  }
}

/** The one that already serves this cluster; null when there is none. Waits while one is starting or shutting down. */
export async function findPostmaster(cluster: Cluster, deadlineAt: number): Promise<Postmaster | null> {
  let silentSince = Infinity;
  for (;;) {
    const noted = await readPidFile(cluster);
    if (!noted || !isAlive(noted.pid)) return null;
    const answer = await knock(noted.url);
    if (answer === 'ours') return noted;
    silentSince = answer === 'silent' ? Math.min(silentSince, Date.now()) : Infinity;
    if (answer === 'not-ours' || Date.now() - silentSince > silenceMs) return null;
    if (Date.now() > deadlineAt)
      throw new Error(`A PostgreSQL (pid ${noted.pid}) holds ${cluster.data} and does not answer.`);
    await sleep(lookAgainMs);
  }
}

/** Ends it by a fast shutdown, after a deadline by an immediate one, from which it recovers at the next start. */
export async function stopPostmaster({ pid }: Postmaster): Promise<void> {
  if (signal(pid, 'SIGINT') && !(await isGone(pid, fastShutdownMs)) && signal(pid, 'SIGQUIT')) {
    await isGone(pid, immediateShutdownMs);
  }
}

/** Nothing waits for the disk. */
const forgetful = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '1GB',
  checkpoint_timeout: '1h',
};

function settings(options: { port: number; connections: number; durable: boolean }): string[] {
  const { port, connections, durable } = options;
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: connections,
    // Small: it shares a machine with the apps.
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    min_wal_size: '64MB',
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    max_parallel_workers_per_gather: 0,
    io_method: 'sync',
    jit: 'off',
    log_min_messages: 'warning',
    ...(durable ? {} : forgetful),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function becomeReady(
  cluster: Cluster,
  child: ChildProcess,
  logFile: string,
  deadlineAt: number,
): Promise<Postmaster> {
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  while (child.exitCode === null && child.signalCode === null && !failure) {
    const noted = await readPidFile(cluster);
    if (noted?.ready && noted.pid === child.pid) return noted;
    if (Date.now() > deadlineAt) {
      child.kill('SIGQUIT');
      throw new Error('The embedded PostgreSQL did not become ready in time.');
    }
    await sleep(lookAgainMs);
  }
  const log = await readFile(logFile, 'utf8');
  if (log.includes('could not bind') || log.includes('Address already in use')) throw new PortTaken();
  throw new Error(`The embedded PostgreSQL ended at once: ${failure?.message ?? lastLine(log)}`, { cause: failure });
}

/** See PostgreSQL's `storage/pidfile.h`: pid, folder, start, port, socket, address, shared memory, status. */
async function readPidFile(cluster: Cluster): Promise<(Postmaster & { ready: boolean }) | null> {
  const content = await readFile(path.join(cluster.data, 'postmaster.pid'), 'utf8').catch(() => null);
  const lines = content?.split('\n').map((line) => line.trim()) ?? [];
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!(pid > 1) || !(port > 0)) return null;
  const url = `postgresql://${clusterUser}:${cluster.password}@127.0.0.1:${port}/postgres`;
  return { pid, port, url, ready: lines[7] === 'ready' };
}

type Answer = 'ours' | 'not-ours' | 'not-yet' | 'silent';

/** Only our cluster lets this password in; a recycled pid or port does not. */
async function knock(url: string): Promise<Answer> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'ours';
  } catch (error) {
    return meaningOf(error as Error & { code?: string });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** One that is slow, full, or on its way up or down says nothing about whose it is. */
function meaningOf({ code = '', message }: Error & { code?: string }): Answer {
  if (refusals.includes(code)) return 'not-ours';
  return silences.includes(code) || silentEnds.test(message) ? 'silent' : 'not-yet';
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(lookAgainMs);
  }
  return true;
}

/** The pid is somebody's; after a while perhaps not ours. */
export const isAlive = (pid: number) => signal(pid, 0);

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? 'it left no message';
