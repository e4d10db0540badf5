import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import type { Engine } from '../engine.js';
import { askFor, nothingDone } from './deeds.js';
import { lockOrganization } from './lock-organization.js';
import { resume } from './resume.js';

const most = 100;

/** Where nothing is for sale nobody can pay: who was suspended while something was runs again. */
export async function liftSuspensions(engine: Engine, signal: AbortSignal): Promise<void> {
  const suspended = await engine.db.organization.findMany({
    where: { suspendedAt: { not: null } },
    orderBy: { suspendedAt: 'asc' },
    take: most,
    select: { id: true },
  });
  for (const { id } of suspended) {
    if (signal.aborted) return;
    await liftSuspension(engine, id);
  }
}

export async function liftSuspension(engine: Engine, organizationId: string): Promise<void> {
  const deeds = nothingDone();
  await transactAndTell(engine, async (tx) => {
    const organization = await lockOrganization(tx, organizationId);
    if (organization.suspendedAt === null) return;
    const data = { unpaidSince: null, unpaidWarnings: 0, version: { increment: 1 } };
    await tx.billing.updateMany({ where: { organizationId }, data });
    await resume({ tx, organization, deeds });
  });
  await askFor(engine, organizationId, deeds);
}
