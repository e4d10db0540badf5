import type { Demand } from '@apployd/core/demand';
import { ConflictError } from '@apployd/core/refusal';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import type { ProcessDemand } from '../allocation/demands.js';
import type { Resize } from '../allocation/fit-instances.js';
import { lockPool, type LockedPool } from '../allocation/pool.js';
import { requireFit, shareSlice } from '../allocation/share-slice.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { checkInput } from '../validation.js';
import { refuseSeveral } from '../volume/require-place.js';
import { wake } from '../wake.js';
import { keepResources } from './keep-resources.js';
import { instancesIssues } from './instances-issues.js';
import { lockActiveEnvironment } from './require-active.js';

export type EnvironmentUpdateInput = {
  readonly environmentId: string;
  readonly instances?: number | null;
  /** Absent keeps; null follows the slice. */
  readonly memoryBytes?: number | null;
  readonly cpuMillicores?: number | null;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey?: string | null;
};

type Target = { readonly id: string; readonly organizationId: string; readonly projectId: string };

/** How many instances run, and with which limits, inside the project's slice. */
export async function updateEnvironment(context: Context, input: EnvironmentUpdateInput) {
  const viewer = signedIn(context);
  checkInput(instancesIssues(input));
  const id = requireId('Environment', input.environmentId);
  const row = await context.db.environment.findFirst({
    where: { id, ...viewer.sees.Environment },
    select: { id: true, organizationId: true, projectId: true },
  });
  const environment: Target = found('Environment', input.environmentId, row);
  const { organizationId, projectId } = environment;
  const on = { organizationId, projectId, environmentId: id };
  const act = { mutation: 'environmentUpdate', action: 'environment:update', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    const pool = await lockPool(tx, organizationId);
    await lockActiveEnvironment(tx, on);
    const version = await nextVersion(tx, id, input.expectedVersion);
    if (input.instances != null) await refuseSeveral(tx, id, input.instances);
    const change = changeOf(pool, id, input);
    const resizes = await write(tx, pool, environment, change);
    await keepResources(tx, {
      environmentId: id,
      organizationId,
      version,
      actorId: viewer.userId,
      wanted: change.after,
    });
    await append(tx, environment, viewer.userId, change.after);
    const audit = { target: input.environmentId, before: told(change.before), after: told(change.after) };
    return { result: { environmentId: id, resizes }, audit };
  });
  context.events.publish('environment', id);
  await wake(
    context,
    'resize',
    made.resizes.map(({ environmentId }) => environmentId),
  );
  return made;
}

async function nextVersion(tx: Transaction, id: string, expected: number | null | undefined): Promise<number> {
  const data = { version: { increment: 1 }, resizeAfter: null };
  const { version } = await tx.environment.update({ where: { id }, data, select: { version: true } });
  if (expected == null || expected === version - 1) return version;
  throw new ConflictError('The environment was changed since you looked. Look again, then decide.', version - 1);
}

type Change = { readonly before: ProcessDemand; readonly after: ProcessDemand };

function changeOf({ demands }: LockedPool, environmentId: string, input: EnvironmentUpdateInput): Change {
  const before = demands.find((demand) => demand.environmentId === environmentId);
  if (!before) throw new Error(`Environment ${environmentId} has no process.`);
  const { instances, memoryBytes = before.memoryBytes, cpuMillicores = before.cpuMillicores } = input;
  return { before, after: { ...before, instances: instances ?? before.instances, memoryBytes, cpuMillicores } };
}

/** Keeps what is to run, and what each instance gets of the slice; what that means for those that run. */
async function write(
  tx: Transaction,
  pool: LockedPool,
  { id, projectId }: Target,
  { before, after }: Change,
): Promise<Resize[]> {
  const wanted = { ...pool, demands: pool.demands.map((demand) => (demand === before ? after : demand)) };
  requireFit(wanted, projectId);
  await tx.process.update({
    where: { id: after.processId },
    data: {
      desiredInstances: after.instances,
      chosenMemoryBytes: after.memoryBytes,
      chosenCpuMillicores: after.cpuMillicores,
    },
  });
  const resizes = await shareSlice(tx, wanted, projectId);
  if (!after.isLive || before.instances === after.instances) return resizes;
  return resizes.some(({ environmentId }) => environmentId === id)
    ? resizes
    : [...resizes, { environmentId: id, how: 'LIVE' }];
}

function told({ instances, memoryBytes, cpuMillicores }: Demand): Prisma.InputJsonObject {
  return { instances, memoryBytes, cpuMillicores };
}

async function append(tx: Transaction, environment: Target, actorId: string, after: Demand): Promise<void> {
  await appendEvent(tx, {
    organizationId: environment.organizationId,
    streamId: environment.projectId,
    kind: 'PROJECT',
    type: 'environment.updated',
    subjectId: environment.id,
    actorId,
    data: told(after),
  });
}
