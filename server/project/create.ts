import { productionSlug } from '@apployd/core/environment';
import { newId, publicId } from '@apployd/core/id';
import { ConflictError, type FieldIssue } from '@apployd/core/refusal';
import type { Resources } from '@apployd/core/resources';
import type { ProjectSettings } from '@apployd/core/settings';
import { isReserved, slugFrom, slugWith } from '@apployd/core/slug';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Plan } from '@apployd/prisma/generated/client/client';
import { limitIssues, sliceForNew } from '../allocation/limits.js';
import { limitColumns, lockPool } from '../allocation/pool.js';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { keepResources } from '../environment/keep-resources.js';
import { freeHostname, randomSuffix } from '../environment/free-hostname.js';
import { found, requireId } from '../lookup.js';
import { retryOnTaken } from '../unique-violation.js';
import { checkInput, slugIssues, textIssues } from '../validation.js';
import { refuseLongerSleep } from './auto-sleep.js';
import { refuseTooManyDeleted, requireRoomForProject } from './require-room.js';
import { repositoryIssues, settingsFrom, type ProjectSettingsInput } from './settings.js';

export type ProjectCreateInput = {
  readonly organizationId: string;
  readonly name: string;
  readonly slug?: string | null;
  readonly repositoryUrl?: string | null;
  readonly defaultBranch?: string | null;
  readonly settings?: ProjectSettingsInput | null;
  readonly resources?: Resources | null;
  readonly idempotencyKey?: string | null;
};

/** A project with its production environment and its slice of the pool: all or nothing. */
export async function createProject(context: Context, input: ProjectCreateInput) {
  const viewer = signedIn(context);
  const { settings, issues } = settingsFrom(input.settings);
  checkInput([...issuesOf(input, context.settings.APPLOYD_GIT_LOCAL_ROOT ?? null), ...issues]);
  const id = requireId('Organization', input.organizationId);
  const row = await context.db.organization.findFirst({
    where: { id, ...viewer.sees.Organization },
    select: { id: true, slug: true },
  });
  const organization = found('Organization', input.organizationId, row);
  const organizationId = organization.id;
  const act = { mutation: 'projectCreate', action: 'project:create', on: { organizationId }, input } as const;
  const insertion = { context, organization, actorId: viewer.userId, input, settings };
  const made = await retryOnTaken('hostname', () =>
    perform(context, act, async (tx) => {
      const projectId = await insertProject(tx, insertion);
      return { result: { projectId, organizationId }, audit: auditOf(projectId, input) };
    }),
  );
  if (!made.replayed) context.events.publish('organization', organizationId);
  return made;
}

function auditOf(projectId: string, { name, repositoryUrl = null, resources = null }: ProjectCreateInput) {
  const after = { name: name.trim(), repositoryUrl, resources: resources && { ...resources } };
  return { target: publicId('Project', projectId), after };
}

type Insertion = {
  readonly context: Context;
  readonly organization: { readonly id: string; readonly slug: string };
  readonly actorId: string;
  readonly input: ProjectCreateInput;
  readonly settings: ProjectSettings;
};

async function insertProject(
  tx: Transaction,
  { context, organization, actorId, input, settings: wanted }: Insertion,
): Promise<string> {
  const organizationId = organization.id;
  const pool = await lockPool(tx, organizationId);
  await requireRoomForProject(tx, organizationId, pool.plan);
  await refuseTooManyDeleted(tx, organizationId, pool.plan);
  const settings = { ...wanted, autoSleepMinutes: sleepFor(pool.plan, input) };
  refuseLongerSleep(pool.plan, settings);
  const limits = sliceForNew(pool, input.resources ?? null);
  const id = newId();
  const name = input.name.trim();
  const slug = await chooseSlug(tx, organizationId, input.slug ?? null, name);
  const hostname = await freeHostname(tx, {
    project: slug,
    organization: organization.slug,
    settings: context.settings,
  });
  const { repositoryUrl = null, defaultBranch = null } = input;

  await tx.project.create({ data: { id, organizationId, slug, name, repositoryUrl, defaultBranch, settings } });
  await tx.projectSettingsVersion.create({
    data: { projectId: id, organizationId, version: 1, settings, createdById: actorId },
  });
  await tx.allocation.create({
    data: { id: newId(), organizationId, projectId: id, ...limitColumns(limits), updatedById: actorId },
  });
  const environmentId = newId();
  await tx.environment.create({
    data: { id: environmentId, organizationId, projectId: id, slug: productionSlug, kind: 'PRODUCTION', hostname },
  });
  const sharingTheSlice = { instances: 1, memoryBytes: null, cpuMillicores: null };
  await keepResources(tx, { environmentId, organizationId, version: 1, actorId, wanted: sharingTheSlice });
  const { memoryBytes, cpuMillicores } = limitColumns(limits);
  await tx.process.create({
    data: { id: newId(), organizationId, environmentId, name: 'web', memoryBytes, cpuMillicores },
  });
  await tx.organization.update({ where: { id: organizationId }, data: { poolVersion: { increment: 1 } } });
  await appendEvent(tx, {
    organizationId,
    streamId: id,
    kind: 'PROJECT',
    type: 'project.created',
    subjectId: id,
    actorId,
  });
  return id;
}

/** What was asked for, null included; else what the plan has for new projects. */
function sleepFor(plan: Plan, { settings }: ProjectCreateInput): number | null {
  return settings?.autoSleepMinutes === undefined ? plan.autoSleepMinutes : settings.autoSleepMinutes;
}

/** A slug that was asked for is taken as it is or refused; one made from the name gets letters behind it when it cannot be had. */
async function chooseSlug(
  tx: Transaction,
  organizationId: string,
  wanted: string | null,
  name: string,
): Promise<string> {
  const slug = wanted ?? slugFrom(name) ?? 'project';
  const where = { organizationId_slug: { organizationId, slug } };
  const isTaken = (await tx.project.findUnique({ where, select: { id: true } })) !== null;
  if (isTaken && wanted) throw new ConflictError(`There is a project called ${slug} already. Choose another slug.`);
  return isTaken || isReserved('project', slug) ? slugWith(slug, randomSuffix()) : slug;
}

function issuesOf(input: ProjectCreateInput, localRoot: string | null): FieldIssue[] {
  return [
    ...textIssues(['name'], input.name, { min: 1, max: 100 }),
    ...(input.slug == null ? [] : slugIssues(['slug'], 'project', input.slug)),
    ...repositoryIssues(input, localRoot),
    ...(input.resources ? limitIssues(['resources'], input.resources) : []),
  ];
}
