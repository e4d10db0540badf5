import { serverIsSilentMs } from '@apployd/core/server';
import type { Db } from '@apployd/prisma/create-db';

/** A machine of the platform: what it has, and what its apps have of it. Sums are by limits unless they say otherwise. */
export type ServerSeen = {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly runtime: string;
  readonly isReachable: boolean;
  readonly lastHeartbeatAt: Date;
  readonly memoryBytes: number;
  readonly cpuMillicores: number;
  readonly allocatedMemoryBytes: number;
  readonly allocatedCpuMillicores: number;
  readonly usedMemoryBytes: number | null;
  readonly instances: number;
  readonly asleep: number;
  readonly slots: number;
  readonly deploying: number;
};

/** Every server, by its name, with one statement. What was ended to sleep has given its memory back. */
export function serversOf(db: Db): Promise<ServerSeen[]> {
  return db.$queryRaw<ServerSeen[]>`
    SELECT server."id", server."name", server."region", server."runtime",
      server."heartbeatAt" > now() - ${serverIsSilentMs} * interval '1 millisecond' AS "isReachable",
      server."heartbeatAt" AS "lastHeartbeatAt", server."memoryBytes"::float8 AS "memoryBytes", server."cpuMillicores",
      coalesce(runs."memoryBytes", 0)::float8 AS "allocatedMemoryBytes",
      coalesce(runs."cpuMillicores", 0)::int AS "allocatedCpuMillicores",
      runs."usedMemoryBytes"::float8 AS "usedMemoryBytes",
      coalesce(runs."instances", 0)::int AS "instances", coalesce(runs."asleep", 0)::int AS "asleep",
      server."slots", (
        SELECT count(*) FROM "Deployment" AS deployment
        WHERE deployment."serverId" = server."id" AND deployment."status" IN ('BUILDING', 'DEPLOYING'))::int AS "deploying"
    FROM "Server" AS server
    LEFT JOIN LATERAL (
      SELECT sum(instance."memoryBytes") FILTER (WHERE NOT state."isAsleep") AS "memoryBytes",
        sum(instance."cpuMillicores") FILTER (WHERE NOT state."isAsleep") AS "cpuMillicores",
        sum(instance."usedMemoryBytes")
          FILTER (WHERE NOT state."isAsleep" AND instance."usedAt" > now() - interval '3 minutes') AS "usedMemoryBytes",
        count(*) FILTER (WHERE NOT state."isAsleep") AS "instances",
        count(*) FILTER (WHERE state."isAsleep") AS "asleep"
      FROM "Instance" AS instance JOIN "Environment" AS environment ON environment."id" = instance."environmentId"
      CROSS JOIN LATERAL (
        SELECT instance."state" = 'ASLEEP' AND environment."observedState" = 'DEEP_SLEEP' AS "isAsleep") AS state
      WHERE instance."serverId" = server."id" AND instance."state" IN ('STARTING', 'RUNNING', 'STOPPING', 'ASLEEP')
    ) AS runs ON true
    WHERE server."status" <> 'REMOVED'
    ORDER BY server."name"`;
}
