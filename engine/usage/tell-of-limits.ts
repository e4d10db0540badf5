import type { BandwidthReason } from '@apployd/core/bandwidth';
import type { Period } from '@apployd/core/usage';
import type { Engine } from '../engine.js';
import type { BandwidthOfProjects } from './bandwidth-of-projects.js';
import { limitMail } from './limit-mail.js';
import { mailPayers } from './mail-payers.js';

/** One mail of all that no mail has told of yet, however many projects have used their bandwidth at once. */
export async function tellOfLimits(engine: Engine, organization: BandwidthOfProjects, { end }: Period): Promise<void> {
  const { id, limit } = organization;
  const mailIds = await engine.db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ name: string; reason: BandwidthReason }[]>`
      UPDATE "ProjectBandwidthLimit" AS held SET "toldAt" = clock_timestamp() FROM "Project" AS project
      WHERE project."id" = held."projectId" AND held."organizationId" = ${id}::uuid AND held."toldAt" IS NULL
        AND held."until" = ${end}
      RETURNING project."name", held."reason"::text AS "reason"`;
    if (rows.length === 0) return [];
    const projects = [...rows].sort((a, b) => a.name.localeCompare(b.name, 'en'));
    const told = { organization, projects, limit, periodEnd: end, publicUrl: engine.settings.publicUrl };
    return mailPayers(engine, tx, id, (to) => limitMail({ ...told, to }));
  });
  for (const mailId of mailIds) await engine.jobs.ask('mail', mailId);
  if (mailIds.length > 0) engine.events.publish('organization', id);
}
