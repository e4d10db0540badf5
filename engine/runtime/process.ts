import { dirname, join } from 'node:path';
import { freePorts } from './free-ports.js';
import { processPorts } from './listeners.js';
import { removeCgroup } from './process-cgroup.js';
import { readLastOutput } from './process-last-output.js';
import { readOutput } from './process-output.js';
import { executeBeside } from './process-execute.js';
import { processRecords } from './process-record.js';
import type { ProcessRecord } from './process-record.js';
import { resizeProcess } from './process-resize.js';
import { startProcess } from './process-start.js';
import type { StartedProcess } from './process-start.js';
import { isRunning } from './process-table.js';
import { endTree, freezeTree, processTree, thawTree } from './process-tree.js';
import { processUsage } from './process-usage.js';
import { ranOutOfMemory, watchProcesses } from './process-watch.js';
import type { InstanceReport, ListedInstance, Runtime, StartedInstance, StartRequest } from './runtime.js';

export type ProcessRuntimeOptions = {
  /** State and output of every instance are kept below it. */
  readonly folder: string;
  /** Where the process builder puts releases. */
  readonly releases: string;
  /** Where volumes are; below `folder` when absent. */
  readonly volumes?: string;
  /** Where apps find programs; the folder of this Node and the usual ones when absent. */
  readonly path?: string;
  /** Below which control group instances get theirs; null to limit memory by watching alone. */
  readonly cgroupParent?: string | null;
  /** Apps run as this user instead of the engine's: it must be able to read the releases. Needs root. */
  readonly user?: { readonly uid: number; readonly gid: number } | null;
  readonly maxProcesses?: number;
  readonly maxOutputBytes?: number;
  /** Told what goes wrong where nobody waits for it, such as a disk without space. */
  readonly onProblem?: (error: unknown) => void;
  /** Ends the watching of memory and output, not the apps. */
  readonly signal?: AbortSignal;
};

export type ProcessRuntimeSettings = Required<Omit<ProcessRuntimeOptions, 'signal'>>;

const host = '127.0.0.1';

/**
 * Runs releases as plain processes of this machine: for development and small trials. It keeps apps apart by process
 * groups and limits, not by namespaces: they see the machine's network and files as far as their user may.
 * The handle is the instance's id; what it stands for is in the instance's folder, so any engine on this machine finds it.
 */
export function processRuntime(options: ProcessRuntimeOptions): Runtime {
  const settings = withDefaults(options);
  const records = processRecords(join(settings.folder, 'instances'));
  const nextPort = freePorts(records);
  const starting = new Map<string, Promise<StartedInstance>>();
  const children = new Map<string, StartedProcess>();
  watchProcesses(
    { records, maxOutputBytes: settings.maxOutputBytes, isOurs: (id) => children.has(id) || starting.has(id) },
    options.signal,
  );

  const runs = async ({ leader, ended }: ProcessRecord) =>
    !ended && leader !== null && isRunning(leader.pid, leader.startTime);

  const remove = async (record: ProcessRecord, graceMs: number) => {
    await endTree(record, graceMs);
    await children.get(record.instanceId)?.ended;
    children.delete(record.instanceId);
    if (record.cgroup) await removeCgroup(record.cgroup);
    await records.remove(record.instanceId);
  };

  const start = async (request: StartRequest): Promise<StartedInstance> => {
    const found = await records.read(request.instanceId);
    if (found && (await runs(found))) return placeOf(found);
    if (found) await remove(found, 0);
    const child = await startProcess(records, settings, request, nextPort);
    children.set(request.instanceId, child);
    return placeOf(child.record);
  };

  const report = async (record: ProcessRecord): Promise<InstanceReport> => {
    if (await runs(record)) {
      if (record.isAsleep) return { state: 'asleep' };
      const tree = await processTree(record);
      return { state: 'running', listening: await processPorts(tree.map(({ pid }) => pid)) };
    }
    const heard = await children.get(record.instanceId)?.ended;
    const ended = heard ?? (await records.read(record.instanceId))?.ended;
    if (ended) return { state: 'ended', ...ended };
    return { state: 'ended', exitCode: null, outOfMemory: await ranOutOfMemory(records, record) };
  };

  return {
    kind: 'process',
    isolatesNetwork: false,
    start: (request) => {
      const running =
        starting.get(request.instanceId) ?? start(request).finally(() => starting.delete(request.instanceId));
      starting.set(request.instanceId, running);
      return running;
    },
    stop: async (handle, graceMs) => {
      await starting.get(handle)?.catch(() => undefined);
      const record = await records.read(handle);
      if (record) await remove(record, graceMs);
      else await records.remove(handle);
    },
    sleep: async (handle) => {
      const record = await records.read(handle);
      if (!record || !(await runs(record))) return false;
      await freezeTree(record);
      await records.update(handle, (kept) => ({ ...kept, isAsleep: true }));
      return true;
    },
    wake: async (handle) => {
      const record = await records.read(handle);
      if (!record || !(await runs(record))) return null;
      await thawTree(record);
      await records.update(handle, (kept) => ({ ...kept, isAsleep: false }));
      return placeOf(record);
    },
    inspect: async (handle) => {
      const record = await records.read(handle);
      return record ? report(record) : { state: 'gone' };
    },
    list: async () => {
      const found = await Promise.all((await records.ids()).map((id) => records.read(id)));
      return Promise.all(
        found
          .filter((record) => record !== null)
          .map(async (record): Promise<ListedInstance> => {
            const { instanceId, deploymentId } = record;
            return { ...placeOf(record), instanceId, deploymentId, running: await runs(record) };
          }),
      );
    },
    output: (handle, after, signal) => {
      const hasEnded = async () => {
        const record = await records.read(handle);
        if (!record || record.ended) return true;
        return !(starting.has(handle) || children.get(handle)?.isAlive() || (await runs(record)));
      };
      return readOutput(records.folder(handle), after, hasEnded, signal);
    },
    lastOutput: (handle, count, signal) => readLastOutput(records.folder(handle), count, signal),
    usage: async (handle) => {
      const record = await records.read(handle);
      return record && (await runs(record)) ? processUsage(record) : null;
    },
    resize: async (handle, limits) => {
      const record = await records.read(handle);
      return record && (await runs(record)) ? resizeProcess(records, record, limits) : 'needs-restart';
    },
    execute: async (handle, command, limits) => {
      const record = await records.read(handle);
      if (!record || record.isAsleep || !(await runs(record))) return { exitCode: null, output: '' };
      const known = children.get(handle)?.environment;
      return executeBeside({ record, command, known }, limits, settings);
    },
    prepare: async () => undefined,
    forget: async () => undefined,
    projects: async () => [],
  };
}

function placeOf({ instanceId, port }: ProcessRecord): StartedInstance {
  return { handle: instanceId, host, port };
}

function withDefaults(options: ProcessRuntimeOptions): ProcessRuntimeSettings {
  return {
    path: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    cgroupParent: 'apployd',
    user: null,
    maxProcesses: 1024,
    maxOutputBytes: 10 * 2 ** 20,
    onProblem: () => undefined,
    volumes: join(options.folder, 'volumes'),
    ...options,
  };
}
