import type { Engine } from '../engine.js';
import { checkDomain } from './check.js';

const most = 100;
const atOnce = 10;

/** Looks at the domains whose time has come, those that have waited longest first, a few at once. */
export async function checkDueDomains(engine: Engine, signal: AbortSignal): Promise<void> {
  const due = await engine.db.domain.findMany({
    where: {
      nextCheckAt: { lte: engine.clock.now() },
      environment: { deletesAt: null, project: { deletesAt: null } },
    },
    orderBy: { nextCheckAt: 'asc' },
    take: most,
    select: { id: true },
  });
  const waiting = due.map(({ id }) => id);
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift()) {
      await check(engine, id, signal);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** One that fails does not keep the others. */
async function check(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  await checkDomain(engine, id, signal).catch((err: unknown) => {
    if (!signal.aborted) engine.log.warn({ err, domainId: id }, 'a domain could not be checked');
  });
}
