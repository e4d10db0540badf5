import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { NoRoom } from '../reservation/no-room.js';
import { appendHappening } from './append-happening.js';
import type { LiveEnvironment } from './live-environment.js';

type Resized = { readonly how: 'LIVE' | 'REPLACE'; readonly instances: number; readonly isRestart?: boolean };

/** New limits, another number of instances, or a restart, are in force. */
export async function noteResized(engine: Engine, live: LiveEnvironment, resized: Resized): Promise<void> {
  const { how, instances, isRestart } = resized;
  const { memoryBytes, cpuMillicores } = live.process;
  const data = { how, instances, memoryBytes: Number(memoryBytes), cpuMillicores };
  await note(engine, live, { resizeAfter: null, stateReason: null }, (tx) =>
    appendHappening(tx, live, isRestart ? 'environment.restarted' : 'environment.resized', data),
  );
}

/**
 * They could not be given: what runs goes on as it did, and it is tried again after a rest. An event the first time, unless it
 * only waits for memory.
 */
export async function noteNotResized(
  engine: Engine,
  live: LiveEnvironment,
  cause: unknown,
  { restMs, isRestart }: { readonly restMs: number; readonly isRestart: boolean },
): Promise<void> {
  const why = cause instanceof Error ? cause.message : String(cause);
  const stateReason = `${goesOn(isRestart)}, ${cause instanceof NoRoom ? 'and is tried again soon' : notHealthy(isRestart)}: ${why}`;
  const resizeAfter = new Date(engine.clock.now().getTime() + restMs);
  const isNews = live.environment.stateReason !== stateReason;
  await note(engine, live, { resizeAfter, stateReason }, async (tx) => {
    if (isNews && !(cause instanceof NoRoom))
      await appendHappening(tx, live, `environment.${isRestart ? 'restart' : 'resize'}_failed`, { reason: why });
  });
}

function goesOn(isRestart: boolean): string {
  return isRestart ? 'It was not restarted and goes on as it did' : 'It goes on with its former limits';
}

function notHealthy(isRestart: boolean): string {
  return `because ${isRestart ? 'the new instances did not get healthy' : 'it did not get healthy with the new ones'}`;
}

/**
 * Of an environment with a volume, whose only instance would have to end before another one came: for new limits alone
 * visitors are not sent away, least of all where the app may not even start with them.
 */
export async function noteResizeWaits(engine: Engine, live: LiveEnvironment, restMs: number): Promise<void> {
  const stateReason =
    'It goes on with its former limits until it is restarted or deployed again: it has a volume, so nothing can be started beside it.';
  const resizeAfter = new Date(engine.clock.now().getTime() + restMs);
  await note(engine, live, { resizeAfter, stateReason }, async () => undefined);
}

async function note(
  engine: Engine,
  { environment }: LiveEnvironment,
  data: Prisma.EnvironmentUpdateInput,
  tell: (tx: Transaction) => Promise<unknown>,
): Promise<void> {
  await transactAndTell(engine, async (tx) => {
    await tx.environment.update({ where: { id: environment.id }, data });
    await tell(tx);
  });
  engine.events.publish('environment', environment.id);
}
