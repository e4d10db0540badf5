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
    let next: Given | null;
    do {
      next = await giveSlot(tx, slots);
      if (next) given.push(next.id);
    } while (next && !next.isLast);
    return given;
  });
}

/** Asked first, and without a lock: most of those who look find nothing to give. */
async function isAnyFree(db: Db, slots: Prisma.Sql): Promise<boolean> {
  const [row] = await db.$queryRaw<{ isFree: boolean }[]>`
    SELECT (${slots}) > (SELECT count(*) FROM (${atWork}) AS at_work WHERE "hasSlot") AS "isFree"`;
  return row?.isFree ?? false;
}

type Given = { readonly id: string; /** Nobody else waited for one. */ readonly isLast: boolean };

async function giveSlot(tx: Transaction, slots: Prisma.Sql): Promise<Given | null> {
  const [given = null] = await tx.$queryRaw<Given[]>`
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
    RETURNING deployment."id", (SELECT count(*) FROM first) = 1 AS "isLast"`;
  return given;
}

/** How a deployment that is not over stands. */
export type Place = {
  readonly id: string;
  /** 1: the next to get a slot. Null: it has one. */
  readonly position: number | null;
  /** How many others are at work or wait before it in its environment. */
  readonly before: number;
  /** How often as many builds as its organization's plan allows at once must end before it may build; 0: it may, or needs no build. */
  readonly planTurns: number;
  /** What its kind took lately in its environment, else in its project, from leaving the queue; null: it is the first. */
  readonly usualMs: number | null;
  /** Deployments at work on the platform, and how many may be. */
  readonly works: number;
  readonly slots: number;
};

/** Where those of these deployments stand that are not over: one statement for all of them. */
export async function placesInQueue(db: Db, ids: readonly string[]): Promise<readonly Place[]> {
  const slots = slotsWith(null);
  return db.$queryRaw<Place[]>`
    WITH at_work AS (${atWork}), load AS (${load}), ${waiting}, ${line(slots)}
    SELECT one."id", line."position", (
        SELECT count(*)::int FROM "Deployment" AS other
        WHERE other."environmentId" = one."environmentId" AND other."number" < one."number"
          AND other."status" IN ('QUEUED', 'BUILDING', 'DEPLOYING')) AS "before",
      coalesce(line."planTurns", 0) AS "planTurns",
      coalesce(${usual(Prisma.sql`"environmentId"`)}, ${usual(Prisma.sql`"projectId"`)}) AS "usualMs",
      (SELECT count(*)::int FROM at_work WHERE "hasSlot") AS "works", (${slots}) AS "slots"
    FROM "Deployment" AS one LEFT JOIN line ON line."id" = one."id"
    WHERE one."id" = ANY(${[...ids]}::uuid[]) AND one."status" IN ('QUEUED', 'BUILDING', 'DEPLOYING')`;
}

/** All that wait, with their turns in their organization and its builds, and what holds them back besides the slots. */
const waiting = Prisma.sql`
  turns AS (
    SELECT "id", "organizationId", "createdAt", "environmentId", "releaseId" IS NULL AS "needsBuild",
      row_number() OVER (PARTITION BY "organizationId" ORDER BY "createdAt", "id") AS "turn",
      count(*) FILTER (WHERE "releaseId" IS NULL)
        OVER (PARTITION BY "organizationId" ORDER BY "createdAt", "id") AS "buildTurn",
      row_number() OVER (PARTITION BY "environmentId" ORDER BY "number") - 1 AS "ahead"
    FROM "Deployment" WHERE "status" = 'QUEUED' AND "slotAt" IS NULL),
  organization AS (
    SELECT organization."id", plan."maxConcurrentBuilds" AS "limit",
      coalesce(load."works", 0) AS "works", coalesce(load."builds", 0) AS "builds",
      ${lastSlotOf(Prisma.sql`organization."id"`)} AS "last"
    FROM "Organization" AS organization
    JOIN "Plan" AS plan ON plan."id" = organization."planId"
    LEFT JOIN load ON load."organizationId" = organization."id"
    WHERE organization."id" IN (SELECT "organizationId" FROM turns)),
  busy AS (SELECT "environmentId", count(*) AS "works" FROM at_work GROUP BY "environmentId"),
  waiting AS (
    SELECT turns."id", turns."createdAt", organization."works" + turns."turn" AS "load", organization."last",
      CASE WHEN turns."needsBuild"
        THEN greatest(0, ceil((organization."builds" + turns."buildTurn") / greatest(organization."limit", 1)::numeric) - 1)::int
        ELSE 0 END AS "planTurns",
      (turns."ahead" + coalesce(busy."works", 0))::int AS "environmentTurns"
    FROM turns JOIN organization ON organization."id" = turns."organizationId"
    LEFT JOIN busy ON busy."environmentId" = turns."environmentId")`;

/**
 * Whom the plan or the environment holds back, others pass: as many as there are slots, each time that something of its own
 * has to end first. Who is held back by nothing but the slots stands in the order in which these are given.
 */
const line = (slots: Prisma.Sql) => Prisma.sql`
  fair AS (
    SELECT "id", "planTurns", "heldBack", row_number() OVER in_turn AS "rank",
      count(*) FILTER (WHERE "heldBack" = 0) OVER in_turn AS "rankOfFree"
    FROM (SELECT *, greatest("planTurns", "environmentTurns") AS "heldBack" FROM waiting) AS waiting
    WINDOW in_turn AS (ORDER BY "load", "last" NULLS FIRST, "createdAt", "id")),
  line AS (
    SELECT "id", "planTurns", row_number() OVER (ORDER BY
      CASE WHEN "heldBack" = 0 THEN "rankOfFree" ELSE greatest("rank", "heldBack" * (${slots}) + 0.5) END,
      "rank")::int AS "position"
    FROM fair)`;

const withoutBuild = Prisma.sql`'{${Prisma.raw(triggersWithoutBuild.join(','))}}'::"DeploymentTrigger"[]`;

/** The mean of the last five that went live from the same place in the same way, with a build or without, and at once: a rollout lasts as long as somebody wants it to. */
const usual = (place: Prisma.Sql) => Prisma.sql`
  (SELECT (extract(epoch FROM avg(lately."finishedAt" - lately."startedAt")) * 1000)::float8 FROM (
    SELECT "finishedAt", "startedAt" FROM "Deployment" AS past
    WHERE past.${place} = one.${place} AND past."status" = 'READY' AND past."startedAt" IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM "Rollout" AS rollout WHERE rollout."deploymentId" = past."id")
      AND (past."trigger" = ANY(${withoutBuild})) = (one."trigger" = ANY(${withoutBuild}))
    ORDER BY past."number" DESC LIMIT 5) AS lately)`;
