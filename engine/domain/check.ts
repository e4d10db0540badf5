import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import type { Engine } from '../engine.js';
import { lookAt } from './look-at.js';
import { nextTryAt } from './next-check.js';
import { note, type Noted } from './note.js';

/** Looks at a domain in the public DNS, and makes so what follows. One engine at a time; what is deleted meanwhile is left. */
export async function checkDomain(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  await engine.leases.hold(`domain:${id}`, engine.settings.leaseMs, async (_, lost) => {
    const domain = await engine.db.domain.findFirst({
      where: { id, environment: { deletesAt: null, project: { deletesAt: null } } },
      select: {
        name: true,
        proof: true,
        checkedAt: true,
        createdAt: true,
        environment: { select: { hostname: true } },
      },
    });
    if (!domain) return;
    // Before the look: one that always fails is not always the first in the queue.
    const nextCheckAt = nextTryAt(domain, engine.clock.now());
    await engine.db.domain.updateMany({ where: { id }, data: { nextCheckAt } });
    const { hostname } = domain.environment;
    const findings = await lookAt(engine, { ...domain, hostname }, AbortSignal.any([signal, lost]));
    await tell(engine, await transactAndTell(engine, (tx) => note(engine, tx, id, findings, engine.clock.now())));
  });
}

async function tell({ events, jobs }: Engine, { projectIds, route, mailIds }: Noted): Promise<void> {
  for (const projectId of projectIds) events.publish('project', projectId);
  if (route) events.publish('route', route);
  for (const mailId of mailIds) await jobs.ask('mail', mailId);
}
