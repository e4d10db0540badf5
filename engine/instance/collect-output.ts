import { looks } from '@apployd/backplane/events/looks';
import { LogCheckpointMoved } from '@apployd/backplane/logs/logs';
import type { OutputWriter } from '@apployd/backplane/logs/output-writer';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { openOutputLog, type OutputLog } from './output-log.js';

const lookAgainMs = 5_000;

const include = {
  environment: { select: { id: true, variablesVersion: true } },
  deployment: { select: { release: { select: { variablesVersion: true } } } },
} as const satisfies Prisma.InstanceInclude;

export type LiveInstance = Prisma.InstanceGetPayload<{ include: typeof include }>;

type Reader = Pick<OutputLog, 'see'> & { readonly ended: Promise<void> };

/** Stores what live instances on this server print, each followed by one reader, until the signal fires. */
export async function collectOutput(engine: Engine, signal: AbortSignal): Promise<void> {
  const readers = new Map<string, Reader>();
  for await (const _ of looks(engine.events, 'environment', null, lookAgainMs, signal)) {
    const instances = await liveInstances(engine).catch((err: unknown) => {
      engine.log.warn({ err }, 'cannot see which instances run');
      return [];
    });
    for (const instance of instances) {
      const reader = readers.get(instance.id) ?? startReader(engine, instance, signal, readers);
      reader.see(instance.environment.variablesVersion);
    }
  }
  await Promise.all([...readers.values()].map(({ ended }) => ended));
}

function liveInstances(engine: Engine): Promise<LiveInstance[]> {
  return engine.db.instance.findMany({
    where: {
      serverId: engine.settings.serverId,
      state: { in: ['RUNNING', 'STOPPING'] },
      handle: { not: null },
      // What its command prints is in the build log.
      isReleaseCommand: false,
    },
    include,
  });
}

function startReader(
  engine: Engine,
  instance: LiveInstance,
  signal: AbortSignal,
  readers: Map<string, Reader>,
): Reader {
  const log = openOutputLog(engine, instance, signal);
  const ended = read(engine, instance, log, signal).finally(() => readers.delete(instance.id));
  const reader = { see: log.see, ended };
  readers.set(instance.id, reader);
  return reader;
}

/** Reads until the instance ends, what was printed since its start first. One that cannot be read ends nothing but itself. */
async function read(engine: Engine, instance: LiveInstance, log: OutputLog, signal: AbortSignal): Promise<void> {
  try {
    await copy(engine, instance, log, signal);
  } catch (err) {
    if (!signal.aborted) engine.log.warn({ err, instanceId: instance.id }, 'stopped reading what the app prints');
  } finally {
    log.forget();
  }
  if (!signal.aborted) await tellOfEnd(engine, instance);
}

/** An output that is over is the first sign that an instance has ended: what nobody ended is brought back at once. */
async function tellOfEnd(engine: Engine, { id, environmentId }: LiveInstance): Promise<void> {
  try {
    const row = await engine.db.instance.findUnique({ where: { id }, select: { state: true } });
    if (row?.state !== 'RUNNING' || (await engine.runtime.inspect(id)).state === 'running') return;
    await engine.jobs.ask('bring-back', environmentId);
  } catch (err) {
    engine.log.warn({ err, instanceId: id }, 'could not tell of an end; reconcile will');
  }
}

/** What was stored since by another, or by a call whose answer was lost, is passed over. */
async function copy(engine: Engine, instance: LiveInstance, log: OutputLog, signal: AbortSignal): Promise<void> {
  const writer = await log.writer;
  for (let cursor = instance.outputCursor; ;) {
    try {
      return await copyFrom(engine, instance.id, { cursor, writer, failed: log.failed() }, signal);
    } catch (err) {
      if (!(err instanceof LogCheckpointMoved) || signal.aborted) throw err;
      cursor = err.at;
      writer.goOnFrom(cursor);
    }
  }
}

type Copying = { readonly cursor: string | null; readonly writer: OutputWriter; readonly failed: AbortSignal };

/** No faster than it is stored: the runtime keeps what is not read yet. */
async function copyFrom(
  { runtime }: Engine,
  instanceId: string,
  { cursor, writer, failed }: Copying,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const line of runtime.output(instanceId, cursor, AbortSignal.any([signal, failed]))) {
      await writer.line(line);
    }
  } finally {
    await writer.flush();
  }
}
