import { activeStatuses } from '@apployd/core/deployment';
import { buildLogOf } from '@apployd/core/log-line';
import type { Engine } from '../engine.js';

const dayMs = 24 * 60 * 60 * 1000;
const graceMs = 60_000;
const most = 200;

/** Ends the build logs of deployments that ended while their worker could not say so. */
export async function endLogs(engine: Engine): Promise<void> {
  const now = engine.clock.now().getTime();
  const over = await engine.db.deployment.findMany({
    where: {
      status: { notIn: [...activeStatuses] },
      finishedAt: { gt: new Date(now - dayMs), lt: new Date(now - graceMs) },
    },
    orderBy: { finishedAt: 'desc' },
    take: most,
    select: { id: true, organizationId: true },
  });
  const open = await engine.db.logStream.findMany({
    where: { id: { in: over.map(({ id }) => buildLogOf(id)) }, endedAt: null },
    select: { id: true },
  });
  const streams = new Set(open.map(({ id }) => id));
  for (const { id, organizationId } of over) {
    const stream = buildLogOf(id);
    if (streams.has(stream)) await engine.logs.end(stream, organizationId);
  }
}
