import type { Db } from '@apployd/prisma/create-db';

/** Memory by limits, in bytes, as the rows of one server have it. */
export type Usage = {
  /** What runs for a while beside what is to run: of each environment all releases but the largest. */
  readonly besideBytes: number;
  /** Of the environment that is asked about: the largest of its releases that run. */
  readonly formerBytes: number;
  /** Of the deployment that is asked for: what runs of it already, which is counted nowhere else. */
  readonly ownBytes: number;
  /** Of the environment: what all instances that are wanted are to have, and what one is. */
  readonly wantedBytes: number;
  readonly instanceBytes: number;
};

/** Who asks for memory: an environment, for a deployment of it. */
export type Asker = { readonly environmentId: string | null; readonly deploymentId: string | null };

type Whose = Asker & {
  readonly serverId: string;
  /** Deployments of others, whose instances are counted by what those hold. */
  readonly counted: readonly string[];
};

/** What is frozen keeps its memory; what was stopped to sleep has given it back. */
export async function usageOf(db: Db, { serverId, environmentId, deploymentId, counted }: Whose): Promise<Usage> {
  const [usage] = await db.$queryRaw<[Usage]>`
    WITH running AS (
      SELECT instance."environmentId", sum(instance."memoryBytes") AS "bytes",
        coalesce(instance."deploymentId" = ${deploymentId}::uuid, false) AS "isOwn"
      FROM "Instance" AS instance JOIN "Environment" AS environment ON environment."id" = instance."environmentId"
      WHERE instance."serverId" = ${serverId}::uuid AND instance."deploymentId" <> ALL(${counted}::uuid[])
        AND (instance."state" IN ('STARTING', 'RUNNING', 'STOPPING')
          OR (instance."state" = 'ASLEEP' AND environment."observedState" = 'LIGHT_SLEEP'))
      GROUP BY instance."environmentId", instance."deploymentId"),
    others AS (SELECT * FROM running WHERE NOT "isOwn"),
    beside AS (SELECT sum("bytes") - max("bytes") AS "bytes" FROM others GROUP BY "environmentId"),
    wanted AS (
      SELECT "desiredInstances" * "memoryBytes" AS "bytes", "memoryBytes" AS "one"
      FROM "Process" WHERE "environmentId" = ${environmentId}::uuid AND "name" = 'web')
    SELECT coalesce((SELECT sum("bytes") FROM beside), 0)::float8 AS "besideBytes",
      coalesce((SELECT max("bytes") FROM others WHERE "environmentId" = ${environmentId}::uuid), 0)::float8
        AS "formerBytes",
      coalesce((SELECT sum("bytes") FROM running WHERE "isOwn"), 0)::float8 AS "ownBytes",
      coalesce((SELECT "bytes" FROM wanted), 0)::float8 AS "wantedBytes",
      coalesce((SELECT "one" FROM wanted), 0)::float8 AS "instanceBytes"`;
  return usage;
}
