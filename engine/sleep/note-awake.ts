import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { isAsleep, type SleepDepth } from '@apployd/core/environment';
import { newId } from '@apployd/core/id';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { LiveEnvironment } from '../instance/live-environment.js';
import { leadToLive } from '../route/lead-to-live.js';
import { awake } from './awake.js';
import { append, lock, tell, type LockedEnvironment } from './note-sleep.js';

/** Lets in those who were held, and writes down how long they were. False when it is not to be awake any more. */
export function noteAwake(engine: Engine, live: LiveEnvironment, first: Instance): Promise<boolean> {
  const wokenAt = engine.clock.now();
  return letIn(engine, live, first, async (tx, environment) => {
    const data = { observedState: 'RUNNING', stateReason: null, wokenAt, ...awake } as const;
    await tx.environment.update({ where: { id: environment.id }, data });
    await noteWake(tx, environment, wokenAt);
  });
}

/** One more takes visitors beside those that do already. False when it is not to be awake any more. */
export function noteJoined(engine: Engine, live: LiveEnvironment, other: Instance): Promise<boolean> {
  return letIn(engine, live, other, async () => undefined);
}

async function letIn(
  engine: Engine,
  { environment: { id }, live }: LiveEnvironment,
  instance: Instance,
  note: (tx: Transaction, environment: LockedEnvironment) => Promise<void>,
): Promise<boolean> {
  const noted = await transactAndTell(engine, async (tx) => {
    const environment = await lock(tx, id);
    if (environment.desiredState !== 'RUNNING' || environment.liveDeploymentId !== live.id) return null;
    await tx.instance.updateMany({
      where: { id: instance.id, state: 'ASLEEP' },
      data: { state: 'RUNNING', unhealthySince: null },
    });
    await note(tx, environment);
    if (!(await leadsToWhatIsDeployed(tx, id))) await leadToLive(tx, id);
    return environment;
  });
  if (noted) tell(engine, noted);
  return noted !== null;
}

/** Others are started by another work: who is held goes on waiting for them. */
export async function noteNothingToWake({ db }: Engine, id: string): Promise<void> {
  await db.environment.updateMany({ where: { id, desiredState: 'RUNNING' }, data: { wakeAskedAt: null } });
}

/** Who deploys has sent visitors to the new release already: they are not sent back. */
async function leadsToWhatIsDeployed(tx: Transaction, environmentId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ leads: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM "Route" AS route JOIN "Deployment" AS deployment ON deployment."id" = route."deploymentId"
      WHERE route."environmentId" = ${environmentId}::uuid
        AND deployment."status" IN ('QUEUED', 'BUILDING', 'DEPLOYING')) AS "leads"`;
  return row?.leads ?? false;
}

async function noteWake(tx: Transaction, environment: LockedEnvironment, wokenAt: Date): Promise<void> {
  const { id: environmentId, organizationId, observedState, wakeAskedAt } = environment;
  if (!isAsleep(observedState)) return;
  const depth: SleepDepth = observedState;
  // By its schedule: nobody has waited, and how long wakes take is not told by it.
  if (wakeAskedAt === null) {
    await append(tx, environment, 'environment.woke', { depth });
    return;
  }
  const tookMs = Math.max(0, wokenAt.getTime() - wakeAskedAt.getTime());
  await tx.wake.create({ data: { id: newId(), organizationId, environmentId, depth, tookMs, wokenAt } });
  await append(tx, environment, 'environment.woke', { depth, tookMs });
}
