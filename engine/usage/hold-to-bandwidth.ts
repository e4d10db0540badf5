import { isDeepStrictEqual } from 'node:util';
import { beyondBandwidth, type BandwidthLimit, type BandwidthReason } from '@apployd/core/bandwidth';
import { periodOf, type Period } from '@apployd/core/usage';
import type { Engine } from '../engine.js';
import { bandwidthOfProjects, isOf, type BandwidthOfProjects, type LimitedProject } from './bandwidth-of-projects.js';
import { beginLimit, changeLimit, endLimit, type Held } from './limit-project.js';
import { rememberSlices } from './remember-slices.js';
import { tellOfLimits } from './tell-of-limits.js';

/** So many at a time; all of them are looked at, one page after the other. */
const most = 200;

/**
 * Holds projects that have used their bandwidth to the rule of their plan, and lets go those that have some again: with a
 * new month, another plan or another slice.
 */
export async function holdToBandwidth(engine: Engine, signal: AbortSignal): Promise<void> {
  const period = periodOf(engine.clock.now());
  await rememberSlices(engine, period);
  for (let after: string | null = null; ;) {
    const ids = await findConcerned(engine, period, after);
    for (const id of ids) {
      signal.throwIfAborted();
      await holdOrSay(engine, id, period);
    }
    after = ids.at(-1) ?? null;
    if (ids.length < most) return;
  }
}

/**
 * Organizations of which a project may have used its bandwidth, or is under a limit: never too few. The same figures as in
 * `beyondBandwidth`, without what was sent under limits.
 */
async function findConcerned({ db }: Engine, { start }: Period, after: string | null): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    WITH project AS (
      SELECT coalesce(used."organizationId", slice."organizationId") AS "organizationId",
        coalesce(used."bytesOut", 0) AS "bytesOut", coalesce(slice."bandwidthBytesPerMonth", 0) AS "sliceBytes"
      FROM (SELECT * FROM "UsageMonth" WHERE "month" = ${start}::date) AS used
      FULL JOIN "Allocation" AS slice ON slice."projectId" = used."projectId"
    ), concerned AS (
      SELECT organization."id" FROM project
      JOIN "Organization" AS organization ON organization."id" = project."organizationId"
      JOIN "Plan" AS plan ON plan."id" = organization."planId"
      GROUP BY organization."id", plan."bandwidthBytesPerMonth"
      HAVING sum(project."bytesOut") > 0 AND (
        bool_or(project."sliceBytes" > 0 AND project."bytesOut" >= project."sliceBytes")
        OR sum(greatest(project."bytesOut", project."sliceBytes")) >= plan."bandwidthBytesPerMonth"
          AND bool_or(project."sliceBytes" = 0 AND project."bytesOut" > 0)
        OR sum(project."bytesOut") >= plan."bandwidthBytesPerMonth")
      UNION SELECT "organizationId" FROM "ProjectBandwidthLimit"
    )
    SELECT "id" FROM concerned WHERE ${after}::uuid IS NULL OR "id" > ${after}::uuid ORDER BY "id" LIMIT ${most}`;
  return rows.map(({ id }) => id);
}

/** What fails for one organization is tried again at the next look, and keeps nobody else from theirs. */
async function holdOrSay(engine: Engine, organizationId: string, period: Period): Promise<void> {
  try {
    await hold(engine, organizationId, period);
  } catch (err) {
    engine.log.error({ err, organizationId }, 'an organization could not be held to its bandwidth');
  }
}

async function hold(engine: Engine, id: string, period: Period): Promise<void> {
  const organization = await bandwidthOfProjects(engine, id, period);
  const beyond = beyondBandwidth(organization.poolBytes, organization.used, organization.overageCapBytes);
  for (const project of organization.projects) {
    await settle(engine, project, heldOf(organization, project, beyond.get(project.id)), period);
  }
  if (beyond.size > 0) await tellOfLimits(engine, organization, period);
}

function heldOf(organization: BandwidthOfProjects, project: LimitedProject, reason?: BandwidthReason): Held | null {
  const bytesOut = organization.used.find(({ projectId }) => projectId === project.id)?.bytesOut ?? 0;
  return reason ? { organizationId: organization.id, project, reason, limit: organization.limit, bytesOut } : null;
}

async function settle(engine: Engine, project: LimitedProject, held: Held | null, period: Period): Promise<void> {
  const { row } = project;
  const isCurrent = row !== null && isOf(row, period);
  if (row && (!held || !isCurrent)) await endLimit(engine, project, row);
  if (!held) return;
  if (!row || !isCurrent) return beginLimit(engine, held, period);
  if (row.reason !== held.reason || !isSame(row.limit, held.limit)) await changeLimit(engine, held, row);
}

const isSame = (kept: unknown, limit: BandwidthLimit) => isDeepStrictEqual(kept, limit);
