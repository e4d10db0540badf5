import { activeStatuses, type DeploymentStatus } from '@apployd/core/deployment';
import type { Engine } from '../engine.js';

/**
 * The environment that this deployment may be worked on in just now, or null: it is over, or another one of its
 * environment comes first and has been asked for instead. What is half-way comes first, then the oldest.
 */
export async function firstInLine(engine: Engine, id: string): Promise<string | null> {
  const deployment = await engine.db.deployment.findUnique({
    where: { id },
    select: { environmentId: true, status: true },
  });
  if (!deployment || !activeStatuses.includes(deployment.status)) return null;
  const first = await firstActive(engine, deployment.environmentId);
  if (first === id) return deployment.environmentId;
  if (first) await engine.jobs.ask('deploy', first);
  return null;
}

/** Wakes up the deployment that waits longest in this environment. */
export async function askNext(engine: Engine, environmentId: string): Promise<void> {
  const next = await firstActive(engine, environmentId);
  if (next) await engine.jobs.ask('deploy', next);
}

async function firstActive({ db }: Engine, environmentId: string): Promise<string | null> {
  const select = { id: true };
  const atWork: DeploymentStatus[] = ['BUILDING', 'DEPLOYING'];
  const half = await db.deployment.findFirst({ where: { environmentId, status: { in: atWork } }, select });
  if (half) return half.id;
  const queued = await db.deployment.findFirst({
    where: { environmentId, status: 'QUEUED' },
    orderBy: { number: 'asc' },
    select,
  });
  return queued?.id ?? null;
}
