import { createHash } from 'node:crypto';
import type { Sql } from '@apployd/prisma/open-sql';

/** What passed for an environment in an hour, in whole bytes. */
export type HourBytes = {
  readonly environmentId: string;
  /** Its beginning. */
  readonly hour: Date;
  readonly bytesIn: number;
  readonly bytesOut: number;
};

/** A part of what a spool counted. Its number goes up; a part keeps its number and its figures until it was handed over. */
export type Bundle = { readonly spoolId: string; readonly sequence: number; readonly hours: readonly HourBytes[] };

/** Where usage is kept for all. */
export type UsageStore = {
  /**
   * Adds a bundle to it. One that is there already changes nothing: it may be brought again. False: there is a later one
   * of this spool, or another of this number. Somebody else goes on with a copy of it, or this is an old copy.
   */
  add(edgeName: string, bundle: Bundle): Promise<boolean>;
};

type Last = { readonly sequence: string; readonly digest: string | null };

export function usageStore(sql: Sql): UsageStore {
  return {
    add: async (edgeName, { spoolId, sequence, hours }) => {
      const digest = digestOf(hours);
      // One statement, so that number and figures are kept together or not at all.
      const added = await sql.query(addBundle, [
        ...[spoolId, edgeName, sequence, digest],
        hours.map(({ environmentId }) => environmentId),
        hours.map(({ hour }) => hour.toISOString()),
        hours.map(({ bytesIn }) => bytesIn),
        hours.map(({ bytesOut }) => bytesOut),
      ]);
      if (added.length > 0) return true;
      const [last] = await sql.query<Last>('SELECT "sequence", "digest" FROM "UsageSpool" WHERE "id" = $1', [spoolId]);
      return Number(last?.sequence) === sequence && (last?.digest ?? digest) === digest;
    },
  };
}

const digestOf = (hours: readonly HourBytes[]) => createHash('sha256').update(JSON.stringify(hours)).digest('hex');

// What served an environment that is erased since has nobody left whose it is.
const addBundle = `
  WITH advanced AS (
    INSERT INTO "UsageSpool" AS spool ("id", "edgeName", "sequence", "digest", "handedAt")
    VALUES ($1, $2, $3, $4, now())
    ON CONFLICT ("id") DO UPDATE SET
      "edgeName" = EXCLUDED."edgeName", "sequence" = EXCLUDED."sequence", "digest" = EXCLUDED."digest",
      "handedAt" = EXCLUDED."handedAt"
    WHERE spool."sequence" < EXCLUDED."sequence"
    RETURNING 1
  ), told AS (
    SELECT environment."organizationId", environment."projectId", told.*
    FROM unnest($5::uuid[], $6::timestamptz[], $7::bigint[], $8::bigint[])
      AS told("environmentId", "hour", "bytesIn", "bytesOut")
    JOIN "Environment" environment ON environment."id" = told."environmentId"
    WHERE EXISTS (SELECT 1 FROM advanced)
  ), hours AS (
    INSERT INTO "UsageHour" AS kept ("organizationId", "projectId", "environmentId", "hour", "bytesIn", "bytesOut")
    SELECT "organizationId", "projectId", "environmentId", "hour", "bytesIn", "bytesOut"
    FROM told ORDER BY "environmentId", "hour"
    ON CONFLICT ("environmentId", "hour") DO UPDATE SET
      "bytesIn" = kept."bytesIn" + EXCLUDED."bytesIn", "bytesOut" = kept."bytesOut" + EXCLUDED."bytesOut"
  ), months AS (
    INSERT INTO "UsageMonth" AS kept ("organizationId", "projectId", "month", "bytesIn", "bytesOut")
    SELECT "organizationId", "projectId", date_trunc('month', "hour" AT TIME ZONE 'UTC')::date AS "month",
      sum("bytesIn"), sum("bytesOut")
    FROM told GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
    ON CONFLICT ("organizationId", "month", "projectId") DO UPDATE SET
      "bytesIn" = kept."bytesIn" + EXCLUDED."bytesIn", "bytesOut" = kept."bytesOut" + EXCLUDED."bytesOut"
  )
  SELECT 1 FROM advanced`;
