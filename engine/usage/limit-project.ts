import { readBandwidthLimit, type BandwidthLimit, type BandwidthReason } from '@apployd/core/bandwidth';
import type { Period } from '@apployd/core/usage';
import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { ProjectBandwidthLimit } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { leadProject } from '../route/lead-project.js';
import type { LimitedProject } from './bandwidth-of-projects.js';
import { keepWhatWasBeyond } from './keep-what-was-beyond.js';

/** A project that has used its bandwidth, and what it is held to. */
export type Held = {
  readonly organizationId: string;
  readonly project: LimitedProject;
  readonly reason: BandwidthReason;
  readonly limit: BandwidthLimit;
  /** What it has sent in the period. */
  readonly bytesOut: number;
};

/** Does nothing when another engine has begun it since the look. */
export async function beginLimit(engine: Engine, held: Held, period: Period): Promise<void> {
  const { organizationId, project, reason, limit, bytesOut } = held;
  const since = engine.clock.now();
  const row = { projectId: project.id, organizationId, reason, limit, bytesOutBefore: BigInt(bytesOut) };
  await inOneStep(engine, project, async (tx) => {
    const data = { ...row, since, until: period.end };
    const { count } = await tx.projectBandwidthLimit.createMany({ data, skipDuplicates: true });
    if (count === 0) return false;
    await leadProject(tx, project.id, limit);
    await tell(tx, held);
    return true;
  });
}

/** The plan has another rule by now, or it is another bandwidth that is used. It counts on from where it began. Who is stopped by now is told. */
export async function changeLimit(engine: Engine, held: Held, row: ProjectBandwidthLimit): Promise<void> {
  const { project, reason, limit } = held;
  const isHarder = limit.rule === 'STOP' && readBandwidthLimit(row.limit)?.rule !== 'STOP';
  await inOneStep(engine, project, async (tx) => {
    const where = { projectId: row.projectId, since: row.since };
    const data = { reason, limit, ...(isHarder && { toldAt: null }) };
    const { count } = await tx.projectBandwidthLimit.updateMany({ where, data });
    if (count === 0) return false;
    await leadProject(tx, project.id, limit);
    await tell(tx, held);
    return true;
  });
}

/** What was sent under it takes nothing from others. */
export async function endLimit(engine: Engine, project: LimitedProject, row: ProjectBandwidthLimit): Promise<void> {
  const { organizationId, projectId, since } = row;
  await inOneStep(engine, project, async (tx) => {
    if (!(await keepWhatWasBeyond(tx, projectId, since))) return false;
    await leadProject(tx, projectId, null);
    await appendEvent(tx, {
      ...{ organizationId, streamId: projectId, subjectId: projectId, kind: 'PROJECT' },
      type: 'project.bandwidth_lifted',
    });
    return true;
  });
}

async function inOneStep(
  engine: Engine,
  { id, environmentIds }: LimitedProject,
  step: (tx: Transaction) => Promise<boolean>,
): Promise<void> {
  if (!(await transactAndTell(engine, step))) return;
  engine.events.publish('project', id);
  for (const environmentId of environmentIds) {
    engine.events.publish('route', environmentId);
    engine.events.publish('environment', environmentId);
  }
}

const tell = (tx: Transaction, { organizationId, project, reason, limit, bytesOut }: Held) =>
  appendEvent(tx, {
    ...{ organizationId, streamId: project.id, subjectId: project.id, kind: 'PROJECT' },
    type: 'project.bandwidth_limited',
    data: { ...limit, usedUp: reason, bytesOut },
  });
