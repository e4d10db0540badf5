import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, chown, mkdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { DeploymentFailure } from '@apployd/core/failure';
import { volumeVariable } from '@apployd/core/volume';
import { volumeFolder } from '../volume/volume-folder.js';
import { createCgroup, joinCgroup } from './process-cgroup.js';
import { openOutput } from './process-output.js';
import type { ProcessRecord, ProcessRecords } from './process-record.js';
import { readProcess } from './process-table.js';
import { endTree, instanceMark, processTree } from './process-tree.js';
import { ranOutOfMemory } from './process-watch.js';
import type { ProcessRuntimeSettings } from './process.js';
import { releaseFolder } from './release-folder.js';
import type { StartRequest } from './runtime.js';

/** A child of this engine. */
export type StartedProcess = {
  readonly record: ProcessRecord;
  /** What it was given: it holds secrets, and is on no disk. */
  readonly environment: Readonly<Record<string, string>>;
  isAlive(): boolean;
  /** How it ended, once that is on record and nothing of it is left. Never rejects. */
  readonly ended: Promise<NonNullable<ProcessRecord['ended']>>;
};

/** Exit codes that a shell and Docker give for a command that is not there, or may not be run. */
const notFoundCode = 127;
const notExecutableCode = 126;

/** Starts the release in a process group of its own. What belongs to it can be found from before it exists. */
export async function startProcess(
  records: ProcessRecords,
  settings: ProcessRuntimeSettings,
  request: StartRequest,
  nextPort: () => Promise<number>,
): Promise<StartedProcess> {
  const cwd = await existingFolder(releaseFolder(settings.releases, request.imageId));
  const [program, ...args] = request.command ?? [];
  if (!program)
    throw new Error(`Deployment ${request.deploymentId} has no start command; the process runtime needs one`);
  const folder = await records.create(request.instanceId);
  const prepared = await prepare(settings, request, cwd, await nextPort());
  await records.write(prepared);

  const output = await openOutput(folder);
  const [stdout, stderr] = output.handles;
  const home = await ownHome(folder, settings);
  const env = environment(settings, request, prepared.port, home);
  const stdio = ['ignore', stdout?.fd ?? 'ignore', stderr?.fd ?? 'ignore'] as const;
  const child = spawn(program, args, { cwd, env, stdio: [...stdio], detached: true, ...settings.user });
  // `once` rejects with the error event, which comes instead of `spawn`.
  const failed = await once(child, 'spawn').then(
    () => null,
    (error: NodeJS.ErrnoException) => error,
  );
  const reason = failed?.code === 'ENOENT' ? 'there is no such command' : failed?.message;
  if (failed) await stderr?.write(`Could not start ${program}: ${reason}\n`);
  await output.close();
  const started = failed ? neverStarted(records, prepared, failed) : follow(records, settings, prepared, child);
  return { ...(await started), environment: env };
}

async function prepare(
  settings: ProcessRuntimeSettings,
  request: StartRequest,
  cwd: string,
  port: number,
): Promise<ProcessRecord> {
  const { instanceId, deploymentId, limits } = request;
  const { cgroupParent, maxProcesses } = settings;
  const cgroup = cgroupParent === null ? null : await createCgroup(cgroupParent, instanceId, limits, maxProcesses);
  return { instanceId, deploymentId, port, cwd, limits, cgroup, leader: null, ended: null };
}

async function existingFolder(folder: string): Promise<string> {
  await access(folder).catch(() => {
    throw new DeploymentFailure('RELEASE_GONE', 'START', 'The release is no longer kept. Deploy its commit again.');
  });
  return folder;
}

/** The engine's own environment stays out of it. */
function environment(
  settings: ProcessRuntimeSettings,
  request: StartRequest,
  port: number,
  home: string,
): Record<string, string> {
  const defaults = { PATH: settings.path, HOME: home, LANG: 'C.UTF-8', NODE_ENV: 'production' };
  const volumes = request.mounts.map(({ volumeId, name }) => [
    volumeVariable(name),
    volumeFolder(settings.volumes, volumeId),
  ]);
  return {
    ...defaults,
    ...request.variables,
    ...Object.fromEntries(volumes),
    PORT: String(port),
    [instanceMark]: request.instanceId,
  };
}

async function ownHome(folder: string, { user }: ProcessRuntimeSettings): Promise<string> {
  const home = join(folder, 'home');
  await mkdir(home, { recursive: true });
  if (user) await chown(home, user.uid, user.gid);
  return home;
}

async function neverStarted(
  records: ProcessRecords,
  prepared: ProcessRecord,
  error: NodeJS.ErrnoException,
): Promise<Omit<StartedProcess, 'environment'>> {
  const exitCode = error.code === 'ENOENT' ? notFoundCode : notExecutableCode;
  const ended = { exitCode, outOfMemory: false };
  const record = { ...prepared, ended };
  await records.write(record);
  return { record, isAlive: () => false, ended: Promise.resolve(ended) };
}

async function follow(
  records: ProcessRecords,
  { onProblem }: ProcessRuntimeSettings,
  prepared: ProcessRecord,
  child: ChildProcess,
): Promise<Omit<StartedProcess, 'environment'>> {
  const exit = new Promise<number>((resolve) =>
    child.once('exit', (code, signal) => resolve(exitCodeOf(code, signal))),
  );
  child.unref();
  const pid = child.pid ?? 0;
  const entry = await readProcess(pid);
  const record = { ...prepared, leader: entry && { pid, startTime: entry.startTime } };
  if (record.cgroup) await joinAll(record);
  await records.write(record);
  const ended = exit.then((exitCode) => noteEnd(records, record, exitCode, onProblem));
  return { record, isAlive: () => child.exitCode === null && child.signalCode === null, ended };
}

/** It may have started children before it was moved. */
async function joinAll(record: ProcessRecord): Promise<void> {
  const { cgroup, leader } = record;
  if (!cgroup || !leader) return;
  await joinCgroup(cgroup, leader.pid).catch(() => undefined);
  for (const { pid } of await processTree(record)) await joinCgroup(cgroup, pid).catch(() => undefined);
}

/** Nobody may be waiting for it: what cannot be written, on a full disk, is told and remembered by this engine alone. */
async function noteEnd(
  records: ProcessRecords,
  record: ProcessRecord,
  exitCode: number,
  onProblem: (error: unknown) => void,
) {
  const outOfMemory = exitCode !== 0 && (await ranOutOfMemory(records, record));
  const ended = { exitCode, outOfMemory };
  // What cannot be ended now is tried again by stop, which says so.
  await endTree(record, 0).catch(() => undefined);
  await records.update(record.instanceId, (kept) => ({ ...kept, ended })).catch(onProblem);
  return ended;
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}
