import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { newId, publicId } from '@apployd/core/id';
import { restorableHours } from '@apployd/core/project';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Prisma, Volume } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

const most = 50;

/**
 * Erases volumes of this machine whose time to be restored is over, by the database's clock. What an instance may have from
 * before it was deleted waits until that is gone: until the app is deployed, restarted or stopped.
 */
export async function eraseExpiredVolumes(engine: Engine): Promise<void> {
  const { serverId } = engine.settings;
  const over = await engine.db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Volume" AS volume
    WHERE "deletesAt" <= clock_timestamp() AND ("serverId" IS NULL OR "serverId" = ${serverId}::uuid)
      AND NOT EXISTS (
        SELECT 1 FROM "Instance" AS instance
        WHERE instance."environmentId" = volume."environmentId" AND instance."state" IN ('STARTING', 'RUNNING', 'STOPPING', 'ASLEEP')
          AND instance."createdAt" <= volume."deletesAt" - make_interval(hours => ${restorableHours}::int))
    ORDER BY "deletesAt" LIMIT ${most}`;
  for (const { id } of over) {
    await eraseVolumes(engine, { id }).catch((err: unknown) =>
      engine.log.warn({ err, volumeId: id }, 'could not erase a volume; trying again later'),
    );
  }
}

/** Removes them with all that is in them, each before the row by which it is known. */
export async function eraseVolumes(engine: Engine, where: Prisma.VolumeWhereInput): Promise<void> {
  for (const volume of await engine.db.volume.findMany({ where })) {
    if (volume.serverId !== null && volume.serverId !== engine.settings.serverId) throw elsewhere(volume);
    await engine.volumes.remove(volume.id);
    await eraseRow(engine, volume);
  }
}

async function eraseRow(engine: Engine, { id, organizationId, projectId, environmentId, name }: Volume): Promise<void> {
  const type = 'volume.erased';
  await transactAndTell(engine, async (tx) => {
    if ((await tx.volume.deleteMany({ where: { id } })).count === 0) return;
    const targetId = publicId('Volume', id);
    await tx.auditEvent.create({
      data: {
        ...{ id: newId(), organizationId, actorKind: 'SYSTEM', action: type, targetId, requestId: newId() },
        changes: { before: { name } },
      },
    });
    const stream = { organizationId, streamId: projectId, kind: 'PROJECT' } as const;
    await appendEvent(tx, { ...stream, type, subjectId: environmentId, data: { name, volumeId: targetId } });
  });
  engine.events.publish('environment', environmentId);
}

const elsewhere = ({ id }: Volume) => new Error(`Volume ${id} is on another server, whose engine has to erase it.`);
