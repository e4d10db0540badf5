import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { newId, publicId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Project } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { keepWhatWasBeyond } from '../usage/keep-what-was-beyond.js';
import { eraseHistory } from './erase-history.js';

/** What is left by then is little, but a database that is busy may take its time. */
const patience = { maxWait: 10_000, timeout: 60_000 } as const;

/** The project with all that hangs on it, and its events. That it was erased stays on record with its organization. */
export async function eraseRows(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  await eraseHistory(engine.db, id, signal);
  const erased = await transactAndTell(
    engine,
    async (tx) => {
      const project = await tx.project.findUnique({ where: { id } });
      if (!project) return null;
      await keepWhatWasBeyond(tx, id);
      await tx.project.delete({ where: { id } });
      await tx.eventStream.deleteMany({ where: { id } });
      await record(tx, project);
      return project;
    },
    patience,
  );
  if (!erased) return;
  engine.events.publish('project', id);
  engine.events.publish('event', id);
  engine.events.publish('organization', erased.organizationId);
}

async function record(tx: Transaction, { id, organizationId, slug, name }: Project): Promise<void> {
  const type = 'project.erased';
  await appendEvent(tx, {
    organizationId,
    streamId: organizationId,
    kind: 'ORGANIZATION',
    type,
    subjectId: id,
    data: { slug, name },
  });
  await tx.auditEvent.create({
    data: {
      id: newId(),
      organizationId,
      actorKind: 'SYSTEM',
      action: type,
      targetId: publicId('Project', id),
      requestId: newId(),
      changes: { before: { slug, name } },
    },
  });
}
