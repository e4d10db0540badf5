import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { newId, publicId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Prisma, Volume } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

const most = 50;

/** Erases volumes of this machine whose time to be restored is over, by the database's clock. One in use waits. */
export async function eraseExpiredVolumes(engine: Engine): Promise<void> {
  const { serverId } = engine.settings;
  const over = await engine.db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Volume"
    WHERE "deletesAt" <= clock_timestamp() AND ("serverId" IS NULL OR "serverId" = ${serverId}::uuid)
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
