import type { Sql } from '@apployd/prisma/open-sql';
import type { SideSample } from '../router/router.js';

/** Where the engine and the API read what both sides of rollouts have answered. */
export type SideStore = {
  /** Makes these the figures of this edge's process, whatever they were. Those of no rollout are left out. */
  set(edgeId: string, totals: readonly SideSample[]): Promise<void>;
};

export function sideStore(sql: Sql): SideStore {
  return {
    set: async (edgeId, totals) => {
      await sql.query(
        `INSERT INTO "RolloutSide" ("deploymentId", "edgeId", "isNew", "errors", "latency")
         SELECT told."deploymentId", $1::uuid, told."isNew", told."errors", told."latency"
         FROM json_to_recordset($2::json)
           AS told("deploymentId" uuid, "isNew" boolean, "errors" bigint, "latency" jsonb)
         JOIN "Rollout" AS rollout ON rollout."deploymentId" = told."deploymentId"
         ORDER BY told."deploymentId", told."isNew"
         ON CONFLICT ("deploymentId", "edgeId", "isNew") DO UPDATE SET
           "errors" = EXCLUDED."errors", "latency" = EXCLUDED."latency"`,
        [edgeId, JSON.stringify(totals)],
      );
    },
  };
}
