import { activeStatuses } from '@apployd/core/deployment';
import type { Engine } from '../engine.js';

const patienceMs = 5_000;
const most = 500;

/** Asks again for deployments that nobody works on: a lost wake-up costs time, never a deployment. */
export async function askForLost(engine: Engine): Promise<void> {
  const now = engine.clock.now();
  const waiting = await engine.db.deployment.findMany({
    where: { status: { in: [...activeStatuses] }, createdAt: { lt: new Date(now.getTime() - patienceMs) } },
    distinct: ['environmentId'],
    orderBy: { number: 'asc' },
    take: most,
    select: { id: true, environmentId: true },
  });
  const held = await engine.db.lease.findMany({
    where: { key: { in: waiting.map(({ environmentId }) => `environment:${environmentId}`) }, expiresAt: { gt: now } },
    select: { key: true },
  });
  const busy = new Set(held.map(({ key }) => key));
  for (const { id, environmentId } of waiting) {
    if (!busy.has(`environment:${environmentId}`)) await engine.jobs.ask('deploy', id);
  }
}
