import { runtimeLogOf } from '@apployd/core/log-line';
import { looks } from '@apployd/backplane/events/looks';
import { logWriter } from '@apployd/backplane/logs/write-log';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { openVariables } from '../variable/open-variables.js';

const lookAgainMs = 5_000;
const saveCursorMs = 1_000;

/** Stores what live instances on this server print, each followed by one reader, until the signal fires. */
export async function collectOutput(engine: Engine, signal: AbortSignal): Promise<void> {
  const readers = new Map<string, Promise<void>>();
  for await (const _ of looks(engine.events, 'environment', null, lookAgainMs, signal)) {
    const instances = await liveInstances(engine).catch((err: unknown) => {
      engine.log.warn({ err }, 'cannot see which instances run');
      return [];
    });
    for (const instance of instances) {
      if (readers.has(instance.id)) continue;
      readers.set(
        instance.id,
        read(engine, instance, signal).finally(() => readers.delete(instance.id)),
      );
    }
  }
  await Promise.all(readers.values());
}

function liveInstances(engine: Engine): Promise<Instance[]> {
  return engine.db.instance.findMany({
    where: { serverId: engine.settings.serverId, state: { in: ['RUNNING', 'STOPPING'] }, handle: { not: null } },
  });
}

/** Reads until the instance ends, what was printed since its start first. One that cannot be read ends nothing but itself. */
async function read(engine: Engine, instance: Instance, signal: AbortSignal): Promise<void> {
  try {
    const writer = await writerFor(engine, instance);
    await copy(engine, instance, writer, signal).finally(() => writer.close());
  } catch (err) {
    if (!signal.aborted) engine.log.warn({ err, instanceId: instance.id }, 'stopped reading what the app prints');
  }
}

async function copy(engine: Engine, instance: Instance, writer: LogWriter, signal: AbortSignal): Promise<void> {
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
async function save(engine: Engine, instance: Instance, writer: LogWriter, cursor: string | null): Promise<void> {
  try {
    await writer.flush();
    await engine.db.instance.updateMany({ where: { id: instance.id }, data: { outputCursor: cursor } });
  } catch (err) {
    engine.log.warn({ err, instanceId: instance.id }, 'could not store what the app prints');
  }
}

async function writerFor(engine: Engine, instance: Instance): Promise<LogWriter> {
  const variables = await engine.db.variable.findMany({ where: { environmentId: instance.environmentId } });
  return logWriter(engine.logs, {
    stream: runtimeLogOf(instance.environmentId),
    organizationId: instance.organizationId,
    deploymentId: instance.deploymentId,
    mask: openVariables(engine, variables).secretValues,
    onError: (err) => engine.log.error({ err, instanceId: instance.id }, 'output lines were lost'),
  });
}
