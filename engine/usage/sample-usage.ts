import type { Instance } from '@apployd/prisma/generated/client/client';
import { hourOf } from '@apployd/core/usage';
import type { Engine } from '../engine.js';
import { sinceLast, type Sample } from './since-last.js';

const atOnce = 8;

/** Looks at what each instance on this server uses, in one pass, and adds it to the hour. */
export async function sampleUsage(engine: Engine, signal: AbortSignal): Promise<void> {
  const { db, settings } = engine;
  const instances = await db.instance.findMany({
    where: { serverId: settings.serverId, state: { in: ['RUNNING', 'ASLEEP'] }, handle: { not: null } },
    orderBy: { id: 'asc' },
  });
  const waiting = [...instances];
  const samples: Sample[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      const sample = await look(engine, next);
      if (sample) samples.push(sample);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (samples.length > 0) await note(engine, samples);
}

/** Null when it is gone: one that cannot be looked at keeps none of the others. */
async function look({ runtime, clock, log }: Engine, instance: Instance): Promise<Sample | null> {
  try {
    const usage = await runtime.usage(instance.handle ?? '');
    return usage && sinceLast(instance, usage, clock.now());
  } catch (err) {
    log.warn({ err, instanceId: instance.id }, 'what an instance uses is not known');
    return null;
  }
}

/** One statement: what is noted of an instance and what is added to the hour stand together, and a look that was overtaken adds nothing. */
async function note({ db, clock }: Engine, samples: readonly Sample[]): Promise<void> {
  const of = <T>(value: (sample: Sample) => T) => samples.map(value);
  const now = clock.now();
  await db.$executeRaw`
    WITH sampled AS (
      SELECT * FROM unnest(
        ${of(({ id }) => id)}::uuid[], ${of(({ before }) => before)}::timestamptz[], ${of(({ memoryBytes }) => memoryBytes)}::bigint[],
        ${of(({ cpuMs }) => cpuMs)}::bigint[], ${of(({ cpuMillicores }) => cpuMillicores)}::int[],
        ${of(({ memoryByteSeconds }) => memoryByteSeconds)}::bigint[], ${of(({ moreCpuMs }) => moreCpuMs)}::bigint[]
      ) AS one ("id", "before", "memoryBytes", "cpuMs", "cpuMillicores", "memoryByteSeconds", "moreCpuMs")
    ), noted AS (
      UPDATE "Instance" AS instance SET "usedAt" = ${now}, "usedMemoryBytes" = sampled."memoryBytes",
        "usedCpuMs" = sampled."cpuMs", "usedCpuMillicores" = sampled."cpuMillicores"
      FROM sampled
      WHERE instance."id" = sampled."id" AND instance."usedAt" IS NOT DISTINCT FROM sampled."before"
      RETURNING instance."environmentId", sampled."memoryByteSeconds", sampled."moreCpuMs"
    )
    INSERT INTO "UsageHour" AS kept ("organizationId", "projectId", "environmentId", "hour", "memoryByteSeconds", "cpuMs")
    SELECT environment."organizationId", environment."projectId", environment."id", ${hourOf(now)}::timestamptz,
      sum(noted."memoryByteSeconds"), sum(noted."moreCpuMs")
    FROM noted JOIN "Environment" environment ON environment."id" = noted."environmentId"
    GROUP BY environment."id" ORDER BY environment."id"
    ON CONFLICT ("environmentId", "hour") DO UPDATE SET
      "memoryByteSeconds" = kept."memoryByteSeconds" + EXCLUDED."memoryByteSeconds",
      "cpuMs" = kept."cpuMs" + EXCLUDED."cpuMs"`;
}
