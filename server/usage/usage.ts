import { periodOf, stepsUntil, type Period, type UsageStep, usageSteps } from '@apployd/core/usage';
import type { Context } from '../context.js';

type Db = Pick<Context, 'db'>;

/** What was used in the pool's period until now, of an organization or of one of its projects. */
export type Usage = {
  readonly of: Whose;
  readonly period: Period;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** What may be sent in the period: of the pool, or of the slice. Null: there is no slice. */
  readonly bandwidthBytes: number | null;
  /** Of an organization by project, those that are erased among them. */
  readonly projects: readonly ProjectBytes[];
};

export type ProjectBytes = { readonly projectId: string; readonly bytesIn: number; readonly bytesOut: number };

/** `projectId` null: all of them. */
type Whose = { readonly organizationId: string; readonly projectId: string | null };

export async function usageOf({ db }: Db, of: Whose, bandwidthBytes: number | null, now = new Date()): Promise<Usage> {
  const period = periodOf(now);
  const { organizationId, projectId } = of;
  const rows = await db.usageMonth.findMany({
    where: { organizationId, month: period.start, ...(projectId === null ? {} : { projectId }) },
    orderBy: { projectId: 'asc' },
  });
  const projects = rows.map((row) => ({
    projectId: row.projectId,
    bytesIn: Number(row.bytesIn),
    bytesOut: Number(row.bytesOut),
  }));
  const sum = (name: 'bytesIn' | 'bytesOut') => projects.reduce((all, project) => all + project[name], 0);
  return { of, period, bytesIn: sum('bytesIn'), bytesOut: sum('bytesOut'), bandwidthBytes, projects };
}

export type UsagePoint = {
  readonly at: Date;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly memoryByteSeconds: number;
  readonly cpuMs: number;
};

type Row = { readonly [Name in keyof UsagePoint]: Name extends 'at' ? number : bigint };

/** The last steps until now, oldest first; those in which nothing was used too. */
export async function usageSeries(
  { db }: Db,
  { organizationId, projectId }: Whose,
  { step, last }: { readonly step: UsageStep; readonly last: number },
  now = new Date(),
): Promise<readonly UsagePoint[]> {
  const steps = stepsUntil(now, step, last);
  const seconds = usageSteps[step].ms / 1_000;
  const rows = await db.$queryRaw<Row[]>`
    SELECT (floor(extract(epoch FROM "hour") / ${seconds}) * ${seconds})::float8 AS "at",
      sum("bytesIn")::bigint AS "bytesIn", sum("bytesOut")::bigint AS "bytesOut",
      sum("memoryByteSeconds")::bigint AS "memoryByteSeconds", sum("cpuMs")::bigint AS "cpuMs"
    FROM "UsageHour"
    WHERE "organizationId" = ${organizationId}::uuid AND "hour" >= ${steps[0]}
      AND (${projectId}::uuid IS NULL OR "projectId" = ${projectId}::uuid)
    GROUP BY 1`;
  const found = new Map(rows.map((row) => [row.at * 1_000, row]));
  return steps.map((at) => {
    const row = found.get(at.getTime());
    return {
      at,
      bytesIn: Number(row?.bytesIn ?? 0),
      bytesOut: Number(row?.bytesOut ?? 0),
      memoryByteSeconds: Number(row?.memoryByteSeconds ?? 0),
      cpuMs: Number(row?.cpuMs ?? 0),
    };
  });
}
