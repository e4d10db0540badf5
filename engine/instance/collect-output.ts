import { looks } from '@apployd/backplane/events/looks';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { openOutputLog, type OutputLog } from './output-log.js';

const lookAgainMs = 5_000;
const saveCursorMs = 1_000;

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
  const log = openOutputLog(engine, instance);
  const ended = read(engine, instance, log, signal).finally(() => readers.delete(instance.id));
  const reader = { see: log.see, ended };
  readers.set(instance.id, reader);
  return reader;
}

/** Reads until the instance ends, what was printed since its start first. One that cannot be read ends nothing but itself. */
async function read(engine: Engine, instance: LiveInstance, log: OutputLog, signal: AbortSignal): Promise<void> {
  try {
    const writer = await log.writer;
    await copy(engine, instance, writer, signal).finally(() => writer.close());
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

async function copy(engine: Engine, instance: LiveInstance, writer: LogWriter, signal: AbortSignal): Promise<void> {
  let savedAt = engine.clock.now().getTime();
  let cursor = instance.outputCursor;
  try {
    for await (const line of engine.runtime.output(instance.id, cursor, signal)) {
      writer.line(line.message, line.source);
      cursor = line.cursor;
      const now = engine.clock.now().getTime();
      if (now - savedAt < saveCursorMs) continue;
      savedAt = now;
      await save(engine, instance, writer, cursor);
    }
  } finally {
    await save(engine, instance, writer, cursor);
  }
}

/** The cursor follows the lines into the store, never ahead of them: a crash repeats lines rather than losing them. */
async function save(engine: Engine, instance: LiveInstance, writer: LogWriter, cursor: string | null): Promise<void> {
  try {
    await writer.flush();
    await engine.db.instance.updateMany({ where: { id: instance.id }, data: { outputCursor: cursor } });
  } catch (err) {
    engine.log.warn({ err, instanceId: instance.id }, 'could not store what the app prints');
  }
}
