import { ConflictError, type FieldIssue } from '@apployd/core/refusal';
import type { ProjectSettings } from '@apployd/core/settings';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma, Project } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { isUniqueViolation } from '../unique-violation.js';
import { checkInput, slugIssues, textIssues } from '../validation.js';
import { requireAllowedSleep } from './auto-sleep.js';
import { redirectVisitors } from './redirect-visitors.js';
import { lockActive } from './require-active.js';
import {
  changedSettings,
  differingSettings,
  repositoryIssues,
  settingsOf,
  type ProjectSettingsInput,
} from './settings.js';

export type ProjectUpdateInput = {
  readonly projectId: string;
  readonly name?: string | null;
  readonly slug?: string | null;
  /** Absent keeps; null detaches. */
  readonly repositoryUrl?: string | null;
  /** Absent keeps; null: what the repository says. */
  readonly defaultBranch?: string | null;
  readonly settings?: ProjectSettingsInput | null;
  readonly expectedVersion?: number | null;
  readonly expectedSettingsVersion?: number | null;
  readonly idempotencyKey?: string | null;
};

/** Changes what is named and nothing else. Settings take effect with the next deployment, redirects at once. */
export async function updateProject(context: Context, input: ProjectUpdateInput) {
  const viewer = signedIn(context);
  const id = requireId('Project', input.projectId);
  const row = await context.db.project.findFirst({ where: { id, ...viewer.sees.Project } });
  const { organizationId } = found('Project', input.projectId, row);
  checkInput([...issuesOf(input, context.settings.APPLOYD_GIT_LOCAL_ROOT ?? null), ...settingsIssues(row, input)]);
  const on = { organizationId, projectId: id };
  const act = { mutation: 'projectUpdate', action: 'project:update', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    const before = await lockProject(tx, id, input);
    const changes = changesOf(before, input);
    const settings = changedSettings(settingsOf(before.settings), input.settings).settings;
    // What was chosen on a larger plan may stay: it does not count.
    if (input.settings) await requireAllowedSleep(tx, organizationId, input.settings, settings);
    await write(tx, before, { changes, settings, actorId: viewer.userId });
    return { result: { projectId: id }, audit: auditOf(input.projectId, before, changes, settings) };
  }).catch(refuseTakenSlug);
  context.events.publish('project', id);
  context.events.publish('organization', organizationId);
  if (input.settings?.redirects !== undefined) context.events.publish('route', id);
  return made;
}

async function lockProject(tx: Transaction, id: string, input: ProjectUpdateInput): Promise<Project> {
  await lockActive(tx, id);
  const project = await tx.project.findUniqueOrThrow({ where: { id } });
  requireVersion('The project was', project.version, input.expectedVersion);
  requireVersion('The settings were', project.settingsVersion, input.expectedSettingsVersion);
  return project;
}

function requireVersion(what: string, version: number, expected: number | null | undefined): void {
  if (expected == null || expected === version) return;
  throw new ConflictError(`${what} changed since you looked. Look again, then decide.`, version);
}

type Changes = Partial<Pick<Project, 'name' | 'slug' | 'repositoryUrl' | 'defaultBranch'>>;

function changesOf(before: Project, { name, slug, repositoryUrl, defaultBranch }: ProjectUpdateInput): Changes {
  const given = { name: name?.trim(), slug: slug ?? undefined, repositoryUrl, defaultBranch };
  const changed = Object.entries(given).filter(
    ([key, value]) => value !== undefined && value !== before[key as keyof Changes],
  );
  return Object.fromEntries(changed) as Changes;
}

type Writing = { readonly changes: Changes; readonly settings: ProjectSettings; readonly actorId: string };

/** What has not changed gets no new version. */
async function write(tx: Transaction, before: Project, { changes, settings, actorId }: Writing): Promise<void> {
  const { id, organizationId } = before;
  const different = differingSettings(settingsOf(before.settings), settings);
  const settingsChanged = different.length > 0;
  if (Object.keys(changes).length === 0 && !settingsChanged) return;
  const settingsVersion = before.settingsVersion + (settingsChanged ? 1 : 0);
  const data = { ...changes, version: { increment: 1 }, ...(settingsChanged && { settings, settingsVersion }) };
  await tx.project.update({ where: { id }, data });
  if (settingsChanged) {
    await tx.projectSettingsVersion.create({
      data: { projectId: id, organizationId, version: settingsVersion, settings, createdById: actorId },
    });
  }
  if (different.includes('redirects')) await redirectVisitors(tx, id, settings.redirects);
  await appendEvent(tx, {
    organizationId,
    streamId: id,
    kind: 'PROJECT',
    type: 'project.updated',
    subjectId: id,
    actorId,
    data: { changed: [...Object.keys(changes), ...(settingsChanged ? ['settings'] : [])] },
  });
}

function auditOf(target: string, before: Project, changes: Changes, settings: ProjectSettings) {
  const was = settingsOf(before.settings);
  const names = differingSettings(was, settings);
  const pick = <T extends object>(from: T, keys: readonly string[]) =>
    Object.fromEntries(keys.map((key) => [key, from[key as keyof T]])) as Prisma.InputJsonObject;
  const told = (project: Changes, chosen: ProjectSettings) => ({
    ...pick(project, Object.keys(changes)),
    ...(names.length > 0 && { settings: pick(chosen, names) }),
  });
  return { target, before: told(before, was), after: told(changes, settings) };
}

function refuseTakenSlug(error: unknown): never {
  if (!isUniqueViolation(error, 'slug')) throw error;
  throw new ConflictError('There is a project with this slug already. Choose another slug.');
}

function settingsIssues(row: Project | null, { settings }: ProjectUpdateInput): FieldIssue[] {
  return row ? changedSettings(settingsOf(row.settings), settings).issues : [];
}

function issuesOf(input: ProjectUpdateInput, localRoot: string | null): FieldIssue[] {
  return [
    ...(input.name == null ? [] : textIssues(['name'], input.name, { min: 1, max: 100 })),
    ...(input.slug == null ? [] : slugIssues(['slug'], 'project', input.slug)),
    ...repositoryIssues(input, localRoot),
  ];
}
