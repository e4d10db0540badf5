import { bandwidthWarnings, periodOf, warningAt, type Period } from '@apployd/core/usage';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { bandwidthMail } from './bandwidth-mail.js';
import { mailPayers } from './mail-payers.js';

/** An organization that has used more of its bandwidth than it was told of. */
type Due = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly bytesOut: bigint;
  readonly bandwidthBytes: bigint;
};

/** So many at a time; the others come with the next turn. */
const most = 200;

/** Tells organizations that have used much of their pool's bandwidth: an event, and a mail to who sees to the bill, once a month each. */
export async function warnOfBandwidth(engine: Engine, signal: AbortSignal): Promise<void> {
  const period = periodOf(engine.clock.now());
  for (const due of await findDue(engine, period)) {
    signal.throwIfAborted();
    await warn(engine, due, period);
  }
}

/** One that was told of a share is told of higher ones alone, until it has another pool. */
function findDue({ db }: Engine, { start }: Period): Promise<Due[]> {
  return db.$queryRaw<Due[]>`
    SELECT organization."id", organization."slug", organization."name", used."bytesOut",
      plan."bandwidthBytesPerMonth" AS "bandwidthBytes"
    FROM (
      SELECT "organizationId", sum("bytesOut")::bigint AS "bytesOut" FROM "UsageMonth"
      WHERE "month" = ${start}::date GROUP BY 1 HAVING sum("bytesOut") > 0
    ) AS used
    JOIN "Organization" organization ON organization."id" = used."organizationId"
    JOIN "Plan" plan ON plan."id" = organization."planId"
    LEFT JOIN (
      SELECT "organizationId", "bandwidthBytes", max("percent") AS "percent" FROM "BandwidthWarning"
      WHERE "month" = ${start}::date GROUP BY 1, 2
    ) AS told ON told."organizationId" = organization."id" AND told."bandwidthBytes" = plan."bandwidthBytesPerMonth"
    WHERE EXISTS (
      SELECT 1 FROM unnest(${[...bandwidthWarnings]}::int[]) AS due("percent")
      WHERE due."percent" > coalesce(told."percent", 0)
        AND used."bytesOut"::numeric * 100 >= plan."bandwidthBytesPerMonth"::numeric * due."percent")
    ORDER BY organization."id" LIMIT ${most}`;
}

async function warn(engine: Engine, due: Due, period: Period): Promise<void> {
  const percent = warningAt(Number(due.bytesOut), Number(due.bandwidthBytes));
  if (percent === null) return;
  const mailIds = await engine.db.$transaction(async (tx) => {
    if (!(await note(tx, due, period, percent))) return [];
    await tell(tx, due, percent);
    const figures = { bytesOut: Number(due.bytesOut), bandwidthBytes: Number(due.bandwidthBytes) };
    const told = {
      ...figures,
      percent,
      periodEnd: period.end,
      organization: due,
      publicUrl: engine.settings.publicUrl,
    };
    return mailPayers(engine, tx, due.id, (to) => bandwidthMail({ ...told, to }));
  });
  for (const id of mailIds) await engine.jobs.ask('mail', id);
  engine.events.publish('organization', due.id);
}

/** False when another engine has told it since the look. */
async function note(tx: Transaction, { id, bandwidthBytes }: Due, { start }: Period, percent: number) {
  const { count } = await tx.bandwidthWarning.createMany({
    data: { organizationId: id, month: start, bandwidthBytes, percent },
    skipDuplicates: true,
  });
  return count === 1;
}

const tell = (tx: Transaction, { id, bytesOut, bandwidthBytes }: Due, percent: number) =>
  appendEvent(tx, {
    ...{ organizationId: id, streamId: id, subjectId: id, kind: 'ORGANIZATION', type: 'bandwidth.warned' },
    data: { percent, bytesOut: Number(bytesOut), bandwidthBytes: Number(bandwidthBytes) },
  });
