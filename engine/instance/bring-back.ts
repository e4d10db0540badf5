import { appendEvent } from '@apployd/prisma/append-event';
import type { Engine } from '../engine.js';
import { bringIn } from './bring-in.js';
import { whileAlone, type LiveEnvironment } from './live-environment.js';
import { sendVisitors } from './send-visitors.js';
import { removeDead, sortOut } from './sort-out.js';

/**
 * Starts what is live in the environment again where instances of it are gone: after a reboot, or when the app ended by
 * itself. A deployment goes first: it brings instances of its own.
 */
export function bringBack(engine: Engine, environmentId: string, signal: AbortSignal): Promise<void> {
  return whileAlone(engine, environmentId, signal, (live, stop) => replaceLost(engine, live, stop));
}

async function replaceLost(engine: Engine, live: LiveEnvironment, signal: AbortSignal): Promise<void> {
  const { running, dead } = await sortOut(engine, live.instances);
  const missing = live.process.desiredInstances - running.length;
  if (missing > 0) {
    try {
      await bringIn(engine, live, { count: missing, outgoing: dead }, signal);
      await note(engine, live, 'RUNNING', null);
    } catch (err) {
      await giveUp(engine, live, running.length > 0, err);
    }
  }
  if (dead.length > 0) await sendVisitors(engine, live, { incoming: [], outgoing: dead });
  for (const instance of dead) await removeDead(engine, instance);
}

async function giveUp(engine: Engine, live: LiveEnvironment, othersRun: boolean, err: unknown): Promise<void> {
  const reason = err instanceof Error ? err.message : String(err);
  const environmentId = live.environment.id;
  engine.log.warn({ err, environmentId }, 'could not bring the environment back; trying again later');
  await note(engine, live, othersRun ? 'RUNNING' : 'STOPPED', reason);
}

/** What is observed, and why; an event when it runs again, and the first time that it does not. */
async function note(
  engine: Engine,
  { environment, live }: LiveEnvironment,
  observedState: 'RUNNING' | 'STOPPED',
  stateReason: string | null,
): Promise<void> {
  const isSame = environment.observedState === observedState && environment.stateReason === stateReason;
  if (isSame && stateReason !== null) return;
  await engine.db.$transaction(async (tx) => {
    await tx.environment.update({ where: { id: environment.id }, data: { observedState, stateReason } });
    await appendEvent(tx, {
      organizationId: environment.organizationId,
      streamId: environment.projectId,
      kind: 'PROJECT',
      type: eventOf(observedState, stateReason),
      subjectId: environment.id,
      actorId: null,
      data: { deploymentNumber: live.number, reason: stateReason },
    });
  });
  engine.events.publish('environment', environment.id);
}

function eventOf(observedState: 'RUNNING' | 'STOPPED', stateReason: string | null): string {
  if (stateReason === null) return 'environment.restarted';
  return observedState === 'RUNNING' ? 'environment.degraded' : 'environment.down';
}
