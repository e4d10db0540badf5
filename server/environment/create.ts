import { leastSlice } from '@apployd/core/allocation';
import { mostEnvironments } from '@apployd/core/environment';
import { newId, publicId } from '@apployd/core/id';
import { ConflictError, NotFoundError, PlanLimitError, type FieldIssue } from '@apployd/core/refusal';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { EnvironmentKind } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import { demandsOf } from '../allocation/demands.js';
import { lockPool } from '../allocation/pool.js';
import { requireFitOf, shareSlice } from '../allocation/share-slice.js';
import { signedIn, type Context } from '../context.js';
import { lookUpProject } from '../project/look-up.js';
import { lockActive } from '../project/require-active.js';
import { retryOnTaken } from '../unique-violation.js';
import { checkInput, slugIssues } from '../validation.js';
import { copyVariables } from '../variable/copy.js';
import { wake } from '../wake.js';
import { freeHostname } from './free-hostname.js';
import { keepResources } from './keep-resources.js';
import { instancesIssues } from './instances-issues.js';
import { lookUpEnvironment } from './look-up.js';

export type EnvironmentCreateInput = {
  readonly projectId: string;
  readonly slug: string;
  /** Absent: STAGING. */
  readonly kind?: EnvironmentKind | null;
  readonly copyFromId?: string | null;
  readonly instances?: number | null;
  readonly memoryBytes?: number | null;
  readonly cpuMillicores?: number | null;
  readonly idempotencyKey?: string | null;
};

/** Another running copy of a project, inside its slice: those that share it get less from now on. */
export async function createEnvironment(context: Context, input: EnvironmentCreateInput) {
  checkInput(issuesOf(input));
  const { id: projectId, organizationId, actorId } = await lookUpProject(context, input.projectId);
  const copyFromId = await sourceOf(context, projectId, input.copyFromId ?? null);
  const on = { organizationId, projectId };
  const act = { mutation: 'environmentCreate', action: 'environment:create', on, input } as const;
  const made = await retryOnTaken('hostname', () =>
    perform(context, act, async (tx) => {
      if (copyFromId) await signedIn(context).require('variable:set', on);
      const pool = await lockPool(tx, organizationId);
      await lockActive(tx, projectId);
      const environmentId = await insert(tx, context, { ...on, actorId, copyFromId }, input);
      const shared = { ...pool, demands: await demandsOf(tx, organizationId) };
      requireFitOf(shared, projectId, environmentId);
      const resizes = await shareSlice(tx, shared, projectId);
      await noteCreated(tx, { ...on, actorId, environmentId }, input);
      return { result: { environmentId, resizes }, audit: auditOf(environmentId, input) };
    }),
  );
  context.events.publish('project', projectId);
  await wake(
    context,
    'resize',
    made.resizes.map(({ environmentId }) => environmentId),
  );
  return made;
}

/** The environment of the same project whose variables are taken over. */
async function sourceOf(context: Context, projectId: string, copyFromId: string | null): Promise<string | null> {
  if (copyFromId === null) return null;
  const source = await lookUpEnvironment(context, copyFromId);
  if (source.projectId !== projectId) throw new NotFoundError('environment', copyFromId);
  return source.environmentId;
}

const usualKind = 'STAGING';

type Place = {
  readonly organizationId: string;
  readonly projectId: string;
  readonly actorId: string;
  readonly copyFromId: string | null;
};

async function insert(
  tx: Transaction,
  context: Context,
  { organizationId, projectId, actorId, copyFromId }: Place,
  { slug, kind, instances, memoryBytes, cpuMillicores }: EnvironmentCreateInput,
): Promise<string> {
  await requireRoom(tx, projectId, slug);
  const id = newId();
  const hostname = await hostnameOf(tx, context, projectId, slug);
  const own = { id, organizationId, projectId, slug, kind: kind ?? usualKind, hostname } as const;
  await tx.environment.create({ data: own });
  await tx.process.create({
    data: {
      id: newId(),
      organizationId,
      environmentId: id,
      name: 'web',
      desiredInstances: instances ?? 1,
      chosenMemoryBytes: memoryBytes ?? null,
      chosenCpuMillicores: cpuMillicores ?? null,
      // Until the slice is shared, or given to the project again.
      memoryBytes: memoryBytes ?? leastSlice.memoryBytes,
      cpuMillicores: cpuMillicores ?? leastSlice.cpuMillicores,
    },
  });
  const wanted = {
    instances: instances ?? 1,
    memoryBytes: memoryBytes ?? null,
    cpuMillicores: cpuMillicores ?? null,
  };
  await keepResources(tx, { environmentId: id, organizationId, version: 1, actorId, wanted });
  if (copyFromId) await copyVariables(tx, context, { organizationId, from: copyFromId, to: id, actorId });
  return id;
}

/** Behind all that locks environments: the stream is what everybody locks last. */
function noteCreated(
  tx: Transaction,
  { organizationId, projectId, actorId, environmentId }: Omit<Place, 'copyFromId'> & { readonly environmentId: string },
  { slug, kind }: EnvironmentCreateInput,
) {
  return appendEvent(tx, {
    organizationId,
    streamId: projectId,
    kind: 'PROJECT',
    type: 'environment.created',
    subjectId: environmentId,
    actorId,
    data: { slug, kind: kind ?? usualKind },
  });
}

/** Under the lock of the project. What waits to be erased keeps its slug, and can be restored. */
async function requireRoom(tx: Transaction, projectId: string, slug: string): Promise<void> {
  const there = await tx.environment.findMany({ where: { projectId }, select: { slug: true, deletesAt: true } });
  const same = there.find((environment) => environment.slug === slug);
  if (same) {
    const isGoing = same.deletesAt !== null ? ' that is being deleted. Restore it, or choose' : ' already. Choose';
    throw new ConflictError(`There is an environment called ${slug}${isGoing} another slug.`);
  }
  if (there.length < mostEnvironments) return;
  const message = `A project may have ${mostEnvironments} environments, those that are being deleted among them. Delete one that nobody needs, and wait until it is erased.`;
  throw new PlanLimitError(message, 'environments', { maximum: mostEnvironments, current: there.length });
}

async function hostnameOf(tx: Transaction, { settings }: Context, projectId: string, slug: string): Promise<string> {
  const { slug: project, organization } = await tx.project.findUniqueOrThrow({
    where: { id: projectId },
    select: { slug: true, organization: { select: { slug: true } } },
  });
  return freeHostname(tx, { project, environment: slug, organization: organization.slug, settings });
}

function auditOf(environmentId: string, input: EnvironmentCreateInput) {
  const { slug, kind, copyFromId = null, instances, memoryBytes = null, cpuMillicores = null } = input;
  const after = { slug, kind: kind ?? 'STAGING', copyFromId, instances: instances ?? 1, memoryBytes, cpuMillicores };
  return { target: publicId('Environment', environmentId), after };
}

function issuesOf(input: EnvironmentCreateInput): FieldIssue[] {
  const message = 'A project has one production environment, made with it. Choose STAGING or PREVIEW.';
  return [
    ...slugIssues(['slug'], 'environment', input.slug),
    ...(input.kind === 'PRODUCTION' ? [{ path: ['kind'], rule: 'NOT_ALLOWED', message }] : []),
    ...instancesIssues(input),
  ];
}
