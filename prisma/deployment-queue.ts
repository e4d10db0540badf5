import { triggersWithoutBuild } from '@apployd/core/deployment';
import { Prisma } from './generated/client/client.js';
import type { Db, Transaction } from './create-db.js';

/**
 * The queue of deployments, as the rows have it: a slot goes to the organization with the fewest deployments at work, of
 * those to the one that has had none for longest, and of its deployments to the oldest. So an organization with hundreds
 * that wait keeps another's first back by one slot at most.
 */

/** Any number, but its own: whoever gives slots does so alone. */
const lock = 5_100_417;

/** A server that was silent for so long has no slots to give. */
const silentMs = 30_000;

/** A rollout that goes on by its schedule keeps its environment, and no slot. */
const atWork = Prisma.sql`
  SELECT "id", "organizationId", "environmentId", "releaseId",
    NOT EXISTS (SELECT 1 FROM "Rollout" AS rollout
      WHERE rollout."deploymentId" = "Deployment"."id" AND rollout."verdict" IS NULL) AS "hasSlot"
  FROM "Deployment"
  WHERE "status" IN ('BUILDING', 'DEPLOYING') OR ("status" = 'QUEUED' AND "slotAt" IS NOT NULL)`;

const load = Prisma.sql`
  SELECT "organizationId", count(*) AS "works", count(*) FILTER (WHERE "releaseId" IS NULL) AS "builds"
  FROM at_work WHERE "hasSlot" GROUP BY "organizationId"`;

/** `own` is the server that asks: it lives. */
const slotsWith = (own: string | null) => Prisma.sql`
  SELECT coalesce(sum("slots"), 0)::int AS "slots" FROM "Server"
  WHERE "id" = ${own}::uuid
    OR ("status" = 'READY' AND "heartbeatAt" > now() - make_interval(secs => ${silentMs / 1_000}))`;

const lastSlotOf = (organizationId: Prisma.Sql) => Prisma.sql`
  (SELECT max(had."slotAt") FROM "Deployment" AS had WHERE had."organizationId" = ${organizationId})`;

/** Gives the slots that are free; ids of those that got one. What needs no build does not count as one of the plan's builds. */
export async function giveSlots(db: Db, serverId: string): Promise<string[]> {
  const slots = slotsWith(serverId);
  if (!(await isAnyFree(db, slots))) return [];
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${lock})`;
    const given: string[] = [];
    for (let next = await giveSlot(tx, slots); next !== null; next = await giveSlot(tx, slots)) given.push(next);
    return given;
  });
}

/** Asked first, and without a lock: most of those who look find nothing to give. */
async function isAnyFree(db: Db, slots: Prisma.Sql): Promise<boolean> {
  const [row] = await db.$queryRaw<{ isFree: boolean }[]>`
    SELECT (${slots}) > (SELECT count(*) FROM (${atWork}) AS at_work WHERE "hasSlot") AS "isFree"`;
  return row?.isFree ?? false;
}

async function giveSlot(tx: Transaction, slots: Prisma.Sql): Promise<string | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH at_work AS (${atWork}), load AS (${load}),
    first AS (
      SELECT DISTINCT ON ("environmentId") "id", "organizationId", "releaseId", "createdAt"
      FROM "Deployment" AS waiting
      WHERE "status" = 'QUEUED' AND "slotAt" IS NULL
        AND NOT EXISTS (SELECT 1 FROM at_work WHERE at_work."environmentId" = waiting."environmentId")
      ORDER BY "environmentId", "number"),
    organization AS (
      SELECT organization."id", coalesce(load."works", 0) AS "works",
        plan."maxConcurrentBuilds" - coalesce(load."builds", 0) AS "left",
        ${lastSlotOf(Prisma.sql`organization."id"`)} AS "last"
      FROM "Organization" AS organization
      JOIN "Plan" AS plan ON plan."id" = organization."planId"
      LEFT JOIN load ON load."organizationId" = organization."id"
      WHERE organization."id" IN (SELECT "organizationId" FROM first)),
    next AS (
      SELECT first."id" FROM first JOIN organization ON organization."id" = first."organizationId"
      WHERE (${slots}) > (SELECT count(*) FROM at_work WHERE "hasSlot")
        AND (first."releaseId" IS NOT NULL OR organization."left" > 0)
      ORDER BY organization."works", organization."last" NULLS FIRST, first."createdAt", first."id"
      LIMIT 1)
    UPDATE "Deployment" AS deployment SET "slotAt" = clock_timestamp() FROM next
    WHERE deployment."id" = next."id" AND deployment."status" = 'QUEUED'
    RETURNING deployment."id"`;
  return rows[0]?.id ?? null;
}

/** How a deployment that is not over stands. */
export type Place = {
  readonly id: string;
  /** 1: the next to get a slot. Null: it has one. */
  readonly position: number | null;
  /** How many others are at work or wait before it in its environment. */
  readonly before: number;
  /** What its kind took lately in its environment, else in its project, from leaving the queue; null: it is the first. */
  readonly usualMs: number | null;
  /** Deployments at work on the platform, and how many may be. */
  readonly works: number;
  readonly slots: number;
};

/** Where those of these deployments stand that are not over: one statement for all of them. */
export async function placesInQueue(db: Db, ids: readonly string[]): Promise<readonly Place[]> {
  return db.$queryRaw<Place[]>`
    WITH at_work AS (${atWork}), load AS (${load}),
    waiting AS (
      SELECT "id", "organizationId", "createdAt",
        row_number() OVER (PARTITION BY "organizationId" ORDER BY "createdAt", "id") AS "turn"
      FROM "Deployment" WHERE "status" = 'QUEUED' AND "slotAt" IS NULL),
    last AS (
      SELECT "organizationId", ${lastSlotOf(Prisma.sql`one."organizationId"`)} AS "last"
      FROM (SELECT DISTINCT "organizationId" FROM waiting) AS one),
    line AS (
      SELECT waiting."id", row_number() OVER (
        ORDER BY coalesce(load."works", 0) + waiting."turn", last."last" NULLS FIRST, waiting."createdAt", waiting."id"
      )::int AS "position"
      FROM waiting JOIN last USING ("organizationId") LEFT JOIN load USING ("organizationId"))
    SELECT one."id", line."position", (
        SELECT count(*)::int FROM "Deployment" AS other
        WHERE other."environmentId" = one."environmentId" AND other."number" < one."number"
          AND other."status" IN ('QUEUED', 'BUILDING', 'DEPLOYING')) AS "before",
      coalesce(${usual(Prisma.sql`"environmentId"`)}, ${usual(Prisma.sql`"projectId"`)}) AS "usualMs",
      (SELECT count(*)::int FROM at_work WHERE "hasSlot") AS "works", (${slotsWith(null)}) AS "slots"
    FROM "Deployment" AS one LEFT JOIN line ON line."id" = one."id"
    WHERE one."id" = ANY(${[...ids]}::uuid[]) AND one."status" IN ('QUEUED', 'BUILDING', 'DEPLOYING')`;
}

const withoutBuild = Prisma.sql`'{${Prisma.raw(triggersWithoutBuild.join(','))}}'::"DeploymentTrigger"[]`;

/** The mean of the last five that went live from the same place in the same way, with a build or without, and at once: a rollout lasts as long as somebody wants it to. */
const usual = (place: Prisma.Sql) => Prisma.sql`
  (SELECT (extract(epoch FROM avg(lately."finishedAt" - lately."startedAt")) * 1000)::float8 FROM (
    SELECT "finishedAt", "startedAt" FROM "Deployment" AS past
    WHERE past.${place} = one.${place} AND past."status" = 'READY' AND past."startedAt" IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM "Rollout" AS rollout WHERE rollout."deploymentId" = past."id")
      AND (past."trigger" = ANY(${withoutBuild})) = (one."trigger" = ANY(${withoutBuild}))
    ORDER BY past."number" DESC LIMIT 5) AS lately)`;
