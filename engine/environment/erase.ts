import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { activeStatuses } from '@apployd/core/deployment';
import { newId, publicId } from '@apployd/core/id';
import { runtimeLogOf } from '@apployd/core/log-line';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Environment } from '@apployd/prisma/generated/client/client';
import { leadNoLonger } from '../hostname/lead-here.js';
import type { Engine } from '../engine.js';
import { removeInstance } from '../instance/remove-instance.js';
import { stopEnvironment } from '../instance/stop-environment.js';
import { eraseEnvironmentHistory } from '../project/erase-history.js';
import { untilNone } from '../project/until-none.js';
import { eraseVolumes } from '../volume/erase.js';
import { eraseDeploymentOf } from './erase-deployment.js';

/**
 * Removes an environment that nobody can restore any more with all that is its own: what runs, the releases that no other
 * environment has, its logs and variables, then its row. A thing goes before the row by which it is known: after a crash
 * the next look goes on with what is left.
 */
export async function eraseEnvironment(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  const environment = await engine.db.environment.findUnique({ where: { id } });
  if (!environment) return;
  // The project's, so that both are never erased at once.
  await engine.leases.hold(`project:${environment.projectId}`, engine.settings.leaseMs, async (_, lost) => {
    if (!(await isErasable(engine, id)) || (await isAtWork(engine, id))) return;
    await erase(engine, environment, AbortSignal.any([signal, lost]));
  });
}

/** Those whose time is over, by the database's clock, as restoring judges it; those that have waited longest first. */
export async function erasableEnvironments({ db }: Engine, most: number): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Environment" WHERE "deletesAt" <= clock_timestamp() ORDER BY "deletesAt" LIMIT ${most}`;
  return rows.map(({ id }) => id);
}

async function isErasable({ db }: Engine, id: string): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM "Environment" WHERE "id" = ${id}::uuid AND "deletesAt" <= clock_timestamp()`;
  return rows.length > 0;
}

/** Deployments were cancelled with it; one that has not ended yet takes back what it did first. */
async function isAtWork({ db }: Engine, environmentId: string): Promise<boolean> {
  return (await db.deployment.count({ where: { environmentId, status: { in: [...activeStatuses] } } })) > 0;
}

async function erase(engine: Engine, environment: Environment, signal: AbortSignal): Promise<void> {
  const { id } = environment;
  await stopAll(engine, id, signal);
  await untilNone(signal, (take) => deployments(engine, id, take), eraseDeploymentOf(engine));
  await eraseVolumes(engine, { environmentId: id });
  await leadNoLonger(engine, environment.hostname, signal);
  await engine.logs.remove(runtimeLogOf(id));
  await eraseEnvironmentHistory(engine.db, [id], signal);
  if (await transactAndTell(engine, (tx) => eraseRow(tx, environment))) tell(engine, environment);
}

async function stopAll(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  await stopEnvironment(engine, id, signal);
  const left = await engine.db.instance.findMany({
    where: { environmentId: id, state: { notIn: ['STOPPED', 'CRASHED'] } },
    select: { id: true },
  });
  for (const instance of left) await removeInstance(engine, instance.id, engine.settings.stopGraceMs);
}

function deployments({ db }: Engine, environmentId: string, take: number) {
  const select = { id: true, trigger: true, releaseId: true };
  return db.deployment.findMany({ where: { environmentId }, take, select });
}

/** That it was erased stays on record with its project. */
async function eraseRow(tx: Transaction, { id, organizationId, projectId, slug }: Environment): Promise<boolean> {
  const { count } = await tx.environment.deleteMany({ where: { id } });
  if (count === 0) return false;
  const type = 'environment.erased';
  await tx.auditEvent.create({
    data: {
      id: newId(),
      organizationId,
      actorKind: 'SYSTEM',
      action: type,
      targetId: publicId('Environment', id),
      requestId: newId(),
      changes: { before: { slug } },
    },
  });
  await appendEvent(tx, {
    organizationId,
    streamId: projectId,
    kind: 'PROJECT',
    type,
    subjectId: id,
    data: { slug },
  });
  return true;
}

function tell({ events }: Engine, { id, projectId }: Environment): void {
  events.publish('environment', id);
  events.publish('project', projectId);
}
