import type { Engine } from '../engine.js';
import { checkDomain } from './check.js';

const most = 100;
/** Of one organization in a run: name servers of one that are slow keep nobody else's waiting. */
const mostOfOne = 5;
const atOnce = 10;

/** Looks at the domains whose time has come, a few at once: the one of each organization that has waited longest, then its second. */
export async function checkDueDomains(engine: Engine, signal: AbortSignal): Promise<void> {
  const waiting = await findDue(engine);
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift()) {
      await check(engine, id, signal);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function findDue({ db, clock }: Engine): Promise<string[]> {
  const due = await db.$queryRaw<{ id: string }[]>`
    SELECT ranked."id" FROM (
      SELECT domain."id", domain."nextCheckAt",
        row_number() OVER (PARTITION BY domain."organizationId" ORDER BY domain."nextCheckAt", domain."id") AS "place"
      FROM "Domain" AS domain
      JOIN "Environment" AS environment ON environment."id" = domain."environmentId"
      JOIN "Project" AS project ON project."id" = environment."projectId"
      WHERE domain."nextCheckAt" <= ${clock.now()} AND environment."deletesAt" IS NULL AND project."deletesAt" IS NULL
    ) AS ranked
    WHERE ranked."place" <= ${mostOfOne}
    ORDER BY ranked."place", ranked."nextCheckAt"
    LIMIT ${most}`;
  return due.map(({ id }) => id);
}

/** One that fails does not keep the others. */
async function check(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  await checkDomain(engine, id, signal).catch((err: unknown) => {
    if (!signal.aborted) engine.log.warn({ err, domainId: id }, 'a domain could not be checked');
  });
}
