import { publicId } from '@apployd/core/id';
import { appendEvents } from '@apployd/prisma/append-event';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Transaction } from '@apployd/prisma/create-db';
import { activeStatuses, type DeploymentStatus } from '@apployd/core/deployment';

/** The newest deployment of an environment. */
type Newest = {
  readonly id: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly environmentId: string;
  readonly actorId: string;
};

/** Ids of those that were made pointless. */
export type Superseded = { readonly ended: readonly string[]; readonly asked: readonly string[] };

/** Ends older ones as far as that is wanted. The caller keeps others from coming meanwhile. */
export async function supersede(tx: Transaction, newest: Newest, isWanted: boolean): Promise<Superseded> {
  const { id, environmentId } = newest;
  const where = { environmentId, id: { not: id }, status: { in: [...activeStatuses] } };
  // Most often there is none.
  const other = await tx.deployment.findFirst({ where, select: { id: true } });
  if (!other) return { ended: [], asked: [] };
  return isWanted ? supersedeOlder(tx, newest) : supersedeRollout(tx, newest);
}

/**
 * Ends what waits in the environment as SUPERSEDED, and asks what is built to end so. What is DEPLOYING waits its turn: it
 * is seconds from live, it may be amid the app's own migrations, and in a burst something must go live at last;
 * unless it is in a rollout.
 */
async function supersedeOlder(tx: Transaction, newest: Newest): Promise<Superseded> {
  const ended = await endWaiting(tx, newest);
  const asked = await idsOf(tx, newest, ['BUILDING'], {});
  return { ended, asked: [...asked, ...(await endRollout(tx, newest))] };
}

/** What is in a rollout keeps the environment for hours, and would be replaced at once: it ends, whatever was asked for. */
async function supersedeRollout(tx: Transaction, newest: Newest): Promise<Superseded> {
  return { ended: [], asked: await endRollout(tx, newest) };
}

const endRollout = (tx: Transaction, newest: Newest) =>
  idsOf(tx, newest, ['DEPLOYING'], {}, { rollout: { is: { verdict: null } } });

async function endWaiting(tx: Transaction, newest: Newest): Promise<string[]> {
  const finishedAt = new Date();
  const ended = await idsOf(tx, newest, ['QUEUED'], { status: 'SUPERSEDED', finishedAt });
  if (ended.length === 0) return [];
  await tx.deploymentStep.updateMany({
    where: { deploymentId: { in: ended }, finishedAt: null },
    data: { finishedAt, result: 'SUPERSEDED' },
  });
  return ended;
}

type Changes = { readonly status?: 'SUPERSEDED'; readonly finishedAt?: Date };

/** Those of the statuses that nobody has asked to end. A worker that moves one on at the same moment finds it asked, or is first. */
async function idsOf(
  tx: Transaction,
  { id, environmentId }: Newest,
  statuses: DeploymentStatus[],
  changes: Changes,
  more: Prisma.DeploymentWhereInput = {},
): Promise<string[]> {
  const rows = await tx.deployment.updateManyAndReturn({
    where: {
      ...more,
      environmentId,
      id: { not: id },
      status: { in: statuses },
      cancelRequestedAt: null,
      supersededById: null,
    },
    data: { ...changes, supersededById: id },
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

/** Their events: the last to be written, since they lock the project's stream. */
export async function tellOfSuperseded(tx: Transaction, newest: Newest, { ended, asked }: Superseded): Promise<void> {
  const { organizationId, projectId: streamId, environmentId, actorId } = newest;
  const data = {
    environmentId: publicId('Environment', environmentId),
    supersededBy: publicId('Deployment', newest.id),
  };
  const event = (type: string) => (subjectId: string) => ({ type, subjectId, actorId, data });
  await appendEvents(tx, { organizationId, streamId, kind: 'PROJECT' }, [
    ...ended.map(event('deployment.superseded')),
    ...asked.map(event('deployment.supersede_requested')),
  ]);
}
