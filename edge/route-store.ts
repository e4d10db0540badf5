import { readBandwidthLimit } from '@apployd/core/bandwidth';
import { readEdgeSettings } from '@apployd/core/edge-settings';
import { redirects, type Redirect } from '@apployd/core/redirect';
import { routeRollout, type RouteRollout } from '@apployd/core/rollout';
import type { Sql } from '@apployd/prisma/open-sql';
import type { RouteChange } from './router/router.js';

/** A route as it was at a version; a version is never given out twice. */
export type VersionedRoute = RouteChange & { readonly version: bigint };

/** How an edge is known to the engine. */
export type EdgeRow = {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly startedAt: Date;
  readonly appliedVersion: bigint;
  /** Who was served until then is written down. */
  readonly reportedAt: Date;
};

/** The rows that an edge follows, and the one it writes. */
export type RouteStore = {
  /** The newest version given out: whatever is older can be read by now. */
  newest(): Promise<bigint>;
  /** Routes newer than `version`, oldest first. */
  after(version: bigint, limit: number): Promise<readonly VersionedRoute[]>;
  /** All routes by host name, a page at a time. */
  page(afterHostname: string, limit: number): Promise<readonly VersionedRoute[]>;
  /** The database's own time, which all that is compared is told by. */
  now(): Promise<Date>;
  acknowledge(edge: EdgeRow): Promise<void>;
  /** These had visitors until now. */
  active(environmentIds: readonly string[]): Promise<void>;
  /** Somebody waits for this environment: it is to wake, whoever else asks for it too. False when it does not sleep. */
  wake(environmentId: string): Promise<boolean>;
  /** This edge serves no more: nobody is to wait for it. */
  leave(id: string): Promise<void>;
};

type Row = Omit<VersionedRoute, 'version' | 'redirects' | 'edge' | 'bandwidth' | 'rollout'> & {
  readonly version: string;
  readonly redirects: unknown;
  readonly edge: unknown;
  readonly bandwidth: unknown;
  readonly rollout: unknown;
};

const columns = `"hostname", "environmentId", "deploymentId", "targets", "asleep", "redirects", "edge", "bandwidth", "rollout", "version"`;

export function routeStore(sql: Sql): RouteStore {
  const routes = async (condition: string, ...values: unknown[]) => {
    const rows = await sql.query<Row>(`SELECT ${columns} FROM "Route" ${condition}`, values);
    return rows.map((row) => ({
      ...row,
      redirects: readRedirects(row.redirects),
      edge: readEdgeSettings(row.edge),
      bandwidth: readBandwidthLimit(row.bandwidth),
      rollout: readRollout(row.rollout),
      version: BigInt(row.version),
    }));
  };
  return {
    newest: async () => {
      const [row] = await sql.query<{ version: string }>(`SELECT "version" FROM "RouteVersion"`);
      return BigInt(row?.version ?? 0);
    },
    after: (version, limit) => routes(`WHERE "version" > $1 ORDER BY "version" LIMIT $2`, version, limit),
    page: (hostname, limit) => routes(`WHERE "hostname" > $1 ORDER BY "hostname" LIMIT $2`, hostname, limit),
    now: async () => {
      const [row] = await sql.query<{ now: Date }>(`SELECT clock_timestamp() AS "now"`);
      if (!row) throw new Error('The database does not tell the time.');
      return row.now;
    },
    acknowledge: async ({ id, name, url, appliedVersion, startedAt, reportedAt }) => {
      await sql.query(
        `INSERT INTO "Edge" ("id", "name", "url", "appliedVersion", "startedAt", "reportedAt", "heartbeatAt")
         VALUES ($1, $2, $3, $4, $5, $6, now())
         ON CONFLICT ("name") DO UPDATE SET
           "id" = EXCLUDED."id", "url" = EXCLUDED."url", "appliedVersion" = EXCLUDED."appliedVersion",
           "startedAt" = EXCLUDED."startedAt", "heartbeatAt" = EXCLUDED."heartbeatAt",
           "reportedAt" = EXCLUDED."reportedAt"`,
        [id, name, url, appliedVersion, startedAt, reportedAt],
      );
    },
    active: async (environmentIds) => {
      await sql.query(
        `INSERT INTO "Activity" ("environmentId", "lastActiveAt")
         SELECT "id", clock_timestamp() FROM "Environment" WHERE "id" = ANY($1::uuid[]) ORDER BY "id"
         ON CONFLICT ("environmentId") DO UPDATE SET
           "lastActiveAt" = greatest("Activity"."lastActiveAt", EXCLUDED."lastActiveAt")`,
        [environmentIds],
      );
    },
    wake: async (environmentId) => {
      const woken = await sql.query(
        `UPDATE "Environment" SET "desiredState" = 'RUNNING', "wakeAskedAt" = coalesce("wakeAskedAt", clock_timestamp())
         WHERE "id" = $1 AND "desiredState" <> 'STOPPED'
           AND ("desiredState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP') OR "observedState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP'))
         RETURNING "id"`,
        [environmentId],
      );
      return woken.length > 0;
    },
    leave: async (id) => {
      await sql.query(`DELETE FROM "Edge" WHERE "id" = $1`, [id]);
    },
  };
}

/** What a newer platform means by them is for its own edges: such a row leads visitors without. */
function readRedirects(kept: unknown): readonly Redirect[] {
  return redirects.safeParse(kept).data ?? [];
}

/** The same: all go to what is live. */
function readRollout(kept: unknown): RouteRollout | null {
  return routeRollout.safeParse(kept).data ?? null;
}
