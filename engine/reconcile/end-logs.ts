import { activeStatuses } from '@apployd/core/deployment';
import { buildLogOf } from '@apployd/core/log-line';
import type { Engine } from '../engine.js';
import { found } from './found.js';

/** A worker that lives has said its last by then. */
const graceMs = 10_000;
const most = 200;

/** Ends the build logs of deployments that ended while their worker could not say so, however long ago. */
export async function endLogs(engine: Engine): Promise<void> {
  for (const { id, organizationId } of await withOpenLog(engine)) {
    await engine.logs.end(buildLogOf(id), organizationId);
    found(engine, 'log.not-ended', { deploymentId: id });
  }
}

function withOpenLog({ db, clock }: Engine): Promise<{ id: string; organizationId: string }[]> {
  const before = new Date(clock.now().getTime() - graceMs);
  return db.$queryRaw`
    SELECT deployment."id", deployment."organizationId"
    FROM "LogStream" AS stream JOIN "Deployment" AS deployment
      ON deployment."id" = CASE WHEN stream."id" LIKE 'build:%' THEN substring(stream."id" FROM 7)::uuid END
    WHERE stream."endedAt" IS NULL AND deployment."finishedAt" < ${before}
      AND NOT (deployment."status"::text = ANY(${[...activeStatuses]}))
    LIMIT ${most}`;
}
