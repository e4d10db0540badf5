import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { leadToLive } from '../route/lead-to-live.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import { removeInstance } from './remove-instance.js';

/**
 * Ends what runs in an environment that is to run no more: first nobody is sent there any longer, then its instances end.
 * What is deployed just now is not its business: that was cancelled, and takes back what it did by itself.
 */
export async function stopEnvironment(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  const environment = await engine.db.environment.findUnique({ where: { id } });
  if (environment?.desiredState !== 'STOPPED') return;
  const { version, instances } = await engine.db.$transaction((tx) => sendNobody(tx, id));
  if (version !== null) {
    engine.events.publish('route', environment.hostname);
    await waitForEdges(engine, version, signal);
  }
  await Promise.all(instances.map((instanceId) => removeInstance(engine, instanceId, engine.settings.stopGraceMs)));
  if (await transactAndTell(engine, (tx) => note(tx, id))) engine.events.publish('environment', id);
}

/** The route leads nowhere, since nothing takes visitors by its row; the instances that are to end. */
async function sendNobody(tx: Transaction, environmentId: string) {
  // Nobody lets it run again before this is done.
  const still = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "Environment" WHERE "id" = ${environmentId}::uuid AND "desiredState" = 'STOPPED' FOR UPDATE`;
  if (still.length === 0) return { version: null, instances: [] };
  const where = { environmentId, deployment: { serving: 'LIVE' } } as const;
  await tx.instance.updateMany({
    where: { ...where, state: { in: ['STARTING', 'RUNNING', 'ASLEEP'] } },
    data: { state: 'STOPPING' },
  });
  const stopping = await tx.instance.findMany({ where: { ...where, state: 'STOPPING' }, select: { id: true } });
  return { version: await leadToLive(tx, environmentId), instances: stopping.map(({ id }) => id) };
}

/** False when it was stopped before, or is to run again. */
async function note(tx: Transaction, id: string): Promise<boolean> {
  const where = { id, desiredState: 'STOPPED', observedState: { not: 'STOPPED' } } as const;
  const { count } = await tx.environment.updateMany({ where, data: { observedState: 'STOPPED' } });
  if (count === 0) return false;
  const { organizationId, projectId } = await tx.environment.findUniqueOrThrow({ where: { id } });
  await appendEvent(tx, {
    organizationId,
    streamId: projectId,
    kind: 'PROJECT',
    type: 'environment.stopped',
    subjectId: id,
    actorId: null,
  });
  return true;
}
