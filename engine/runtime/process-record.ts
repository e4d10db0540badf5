import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceLimits } from '@apployd/core/demand';
import type { ProcessCgroup } from './process-cgroup.js';

/** What is kept on disk about an instance of the process runtime, so that the next engine knows it again. */
export type ProcessRecord = {
  readonly instanceId: string;
  readonly deploymentId: string;
  readonly port: number;
  /** Where it was started; not known of what an older version started. */
  readonly cwd?: string;
  readonly limits: InstanceLimits;
  readonly cgroup: ProcessCgroup | null;
  /** Null while it is being started: then only the mark in its environment tells what belongs to it. */
  readonly leader: { readonly pid: number; readonly startTime: string } | null;
  readonly isAsleep?: boolean;
  readonly ended: { readonly exitCode: number | null; readonly outOfMemory: boolean } | null;
};

export type ProcessRecords = {
  folder(instanceId: string): string;
  /** Null when there is none. */
  read(instanceId: string): Promise<ProcessRecord | null>;
  /** Whole or not at all. Writing where the folder is gone is not an error. */
  write(record: ProcessRecord): Promise<void>;
  /** Changes what is kept, one after the other, so that none undoes another's. Nothing kept is not an error. */
  update(instanceId: string, change: (kept: ProcessRecord) => ProcessRecord): Promise<void>;
  create(instanceId: string): Promise<string>;
  remove(instanceId: string): Promise<void>;
  ids(): Promise<readonly string[]>;
};

const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** A folder per instance below `root`: its record and its output. */
export function processRecords(root: string): ProcessRecords {
  const folder = (instanceId: string) => {
    if (!idPattern.test(instanceId)) throw new Error(`Not an instance id: ${JSON.stringify(instanceId)}`);
    return join(root, instanceId);
  };
  const file = (instanceId: string) => join(folder(instanceId), 'instance.json');
  let writes = 0;
  const turns = new Map<string, Promise<void>>();

  const read = async (instanceId: string) => {
    const text = await readFile(file(instanceId), 'utf8').catch(nullWhenAbsent);
    return text === null ? null : (JSON.parse(text) as ProcessRecord);
  };
  const write = async (record: ProcessRecord) => {
    const target = file(record.instanceId);
    const draft = `${target}.${process.pid}.${(writes += 1)}`;
    await writeFile(draft, JSON.stringify(record), { mode: 0o600 })
      .then(() => rename(draft, target))
      .catch(nullWhenAbsent);
  };

  return {
    folder,
    read,
    write,
    update: async (instanceId, change) => {
      const before = turns.get(instanceId) ?? Promise.resolve();
      const turn = before
        .catch(() => undefined)
        .then(async () => {
          const kept = await read(instanceId);
          if (kept) await write(change(kept));
        });
      turns.set(instanceId, turn);
      await turn.finally(() => {
        if (turns.get(instanceId) === turn) turns.delete(instanceId);
      });
    },
    create: async (instanceId) => {
      await mkdir(folder(instanceId), { recursive: true, mode: 0o711 });
      return folder(instanceId);
    },
    remove: (instanceId) => rm(folder(instanceId), { recursive: true, force: true, maxRetries: 5 }),
    ids: async () => ((await readdir(root).catch(nullWhenAbsent)) ?? []).filter((name) => idPattern.test(name)),
  };
}

function nullWhenAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
