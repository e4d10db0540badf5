import { idOf } from '@apployd/core/id';
import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  PlanLimitError,
  QuotaExceededError,
  ValidationError,
} from '@apployd/core/refusal';
import { isSlug } from '@apployd/core/slug';
import { projectState, type ProjectState } from '@apployd/core/project';
import { sleepsAfterMinutes, type ProjectSettings } from '@apployd/core/settings';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { pageSize, totalCountCost } from '../cost.js';
import { poolOf, poolSelection } from '../allocation/pool.js';
import { ResourcePoolRef } from '../allocation/schema.js';
import { ResourcesInput } from '../resources/schema.js';
import { DeploymentConnection } from '../deployment/schema.js';
import { EnvironmentConnection } from '../environment/schema.js';
import { createProject } from './create.js';
import { deleteProject } from './delete.js';
import { GitRepositoryRef } from './repository.js';
import { restoreProject } from './restore.js';
import { settingsOf } from './settings.js';
import { updateProject } from './update.js';

const ProjectSettingsRef = builder.objectRef<ProjectSettings>('ProjectSettings').implement({
  description: 'How a project is built, started and found healthy.',
  fields: (t) => ({
    rootDirectory: t.exposeString('rootDirectory', {
      nullable: true,
      description: "The app's folder; null is the root.",
    }),
    dockerfilePath: t.exposeString('dockerfilePath', {
      nullable: true,
      description: 'Below rootDirectory; null means `Dockerfile`, when there is one.',
    }),
    port: t.exposeInt('port', { description: 'Where the app listens; it is told through PORT.' }),
    healthCheckPath: t.exposeString('healthCheckPath', { description: 'Answers below 400 once the app is ready.' }),
    healthCheckTimeoutMs: t.exposeInt('healthCheckTimeoutMs', {
      description: 'Milliseconds that a new release may take to become healthy.',
    }),
    autoSleepMinutes: t.exposeInt('autoSleepMinutes', {
      nullable: true,
      description: 'Goes to sleep after so long without visitors; null: never, as far as the plan allows it.',
    }),
  }),
});

const ProjectStateRef = builder.enumType('ProjectState', {
  description: 'Whether a project lives.',
  values: {
    ACTIVE: {},
    DELETING: { description: 'Nothing of it runs; it can be restored until deletesAt, and is erased then.' },
  } as const satisfies Record<ProjectState, object>,
});

const SettingsVersion = builder.prismaObject('ProjectSettingsVersion', {
  description: 'What the settings of a project were with one version.',
  fields: (t) => ({
    version: t.exposeInt('version'),
    settings: t.field({ type: ProjectSettingsRef, resolve: ({ settings }) => settingsOf(settings) }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    createdBy: t.relation('createdBy', { nullable: true, description: 'Null when the person is gone.' }),
  }),
});

const SettingsVersionConnection = builder.connectionObject(
  { type: SettingsVersion, name: 'ProjectSettingsVersionConnection', description: 'A page of ProjectSettingsVersion.' },
  { name: 'ProjectSettingsVersionEdge', description: 'A ProjectSettingsVersion on a page.' },
);

const mostRecent = 10;

const ProjectNode = builder.prismaNode('Project', {
  description: 'An application: its environments, its slice of the pool and its history.',
  id: { field: 'id' },
  fields: (t) => ({
    slug: t.exposeString('slug'),
    name: t.exposeString('name'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Goes up with every change; give it as expectedVersion.' }),
    state: t.field({ type: ProjectStateRef, resolve: projectState }),
    deletesAt: t.expose('deletesAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is erased for good; null while nobody has deleted it.',
    }),
    organization: t.relation('organization'),
    repository: t.field({
      type: GitRepositoryRef,
      nullable: true,
      description: 'Null when it is deployed from uploads alone.',
      resolve: ({ repositoryUrl, defaultBranch }) =>
        repositoryUrl === null ? null : { url: repositoryUrl, defaultBranch },
    }),
    settings: t.field({ type: ProjectSettingsRef, resolve: ({ settings }) => settingsOf(settings) }),
    settingsVersion: t.exposeInt('settingsVersion', { description: 'Goes up with every change of the settings.' }),
    settingsHistory: t.relatedConnection(
      'settingsHistory',
      { cursor: 'projectId_version', description: 'Newest first.', query: { orderBy: { version: 'desc' } } },
      SettingsVersionConnection,
    ),
    sleepsAfterMinutes: t.int({
      nullable: true,
      description: 'Minutes without visitors: the setting, or what the plan has where that is less. Null: never.',
      select: { organization: { select: { plan: { select: { autoSleepMinutes: true } } } } },
      resolve: ({ settings, organization }) =>
        sleepsAfterMinutes(settingsOf(settings).autoSleepMinutes, organization.plan.autoSleepMinutes),
    }),
    allocation: t.relation('allocation', {
      nullable: true,
      description: 'Null when its slice was freed: it cannot be deployed then.',
    }),
    productionEnvironment: t.prismaField({
      type: 'Environment',
      resolve: (query, { id }, _args, { db }) =>
        db.environment.findUniqueOrThrow({
          ...query,
          where: { projectId_slug: { projectId: id, slug: 'production' } },
        }),
    }),
    environments: t.relatedConnection(
      'environments',
      {
        cursor: 'id',
        description: 'Oldest first: production.',
        query: (_args, context) => ({ where: signedIn(context).below.Environment, orderBy: { id: 'asc' } }),
      },
      EnvironmentConnection,
    ),
    deployments: t.relatedConnection(
      'deployments',
      {
        cursor: 'id',
        description: 'Newest first, over all environments.',
        query: (_args, context) => ({ where: signedIn(context).below.Deployment, orderBy: { id: 'desc' } }),
      },
      DeploymentConnection,
    ),
    recentDeployments: t.relation('deployments', {
      args: { first: t.arg.int({ required: true, defaultValue: 5 }) },
      description: `The newest, at most ${mostRecent}, over all environments: what a list of projects shows.`,
      complexity: ({ first }) => ({ field: 1, multiplier: pageSize({ first }, { most: mostRecent }) }),
      query: ({ first }, context) => ({
        where: signedIn(context).below.Deployment,
        orderBy: { id: 'desc' },
        take: first,
      }),
    }),
  }),
});

export const ProjectConnection = builder.connectionObject(
  {
    type: ProjectNode,
    name: 'ProjectConnection',
    description: 'A page of Project.',
    fields: (t) => ({
      totalCount: t.int({
        description: 'Over all pages.',
        complexity: totalCountCost,
        resolve: (connection) => totalCountOf(connection),
      }),
    }),
  },
  { name: 'ProjectEdge', description: 'A Project on a page.' },
);

/** plugin-prisma puts it on the connection when it was selected: a number, or a function that counts. */
function totalCountOf(connection: object): number | Promise<number> {
  const { totalCount = 0 } = connection as { totalCount?: number | (() => number | Promise<number>) };
  return typeof totalCount === 'function' ? totalCount() : totalCount;
}

const ProjectRef = builder.inputType('ProjectRef', {
  isOneOf: true,
  description: 'Names a project in exactly one way.',
  fields: (t) => ({ id: t.id(), path: t.string({ description: 'organization-slug/project-slug' }) }),
});

builder.queryField('project', (t) =>
  t.prismaField({
    type: 'Project',
    nullable: true,
    args: { by: t.arg({ type: ProjectRef, required: true }) },
    description: 'Null when there is none, or when you may not see it.',
    resolve: (query, _root, { by }, context) => {
      const { sees } = signedIn(context);
      const where = by.id == null ? whereOfPath(by.path ?? '') : whereOfId(by.id);
      return where && context.db.project.findFirst({ ...query, where: { AND: [where, sees.Project] } });
    },
  }),
);

function whereOfId(publicId: string) {
  const id = idOf('Project', publicId);
  return id === null ? null : { id };
}

function whereOfPath(path: string) {
  const [organization = '', slug = '', ...rest] = path.split('/');
  return isSlug(organization) && isSlug(slug) && rest.length === 0
    ? { slug, organization: { slug: organization } }
    : null;
}

const ProjectSettingsInput = builder.inputType('ProjectSettingsInput', {
  description: 'Of a new project absent fields have their defaults; else they stay, and null gives the default back.',
  fields: (t) => ({
    rootDirectory: t.string({ description: "The app's folder in the repository, such as apps/web." }),
    dockerfilePath: t.string({ description: 'Below rootDirectory.' }),
    port: t.int({ description: 'Where the app listens; 3000 when absent.' }),
    healthCheckPath: t.string({ description: '`/` when absent.' }),
    healthCheckTimeoutMs: t.int({ description: 'Milliseconds, 1,000 to 600,000; 60,000 when absent.' }),
    autoSleepMinutes: t.int({ description: "1 to 10,080; null: never. The plan's when absent." }),
  }),
});

const ProjectCreateInput = builder.inputType('ProjectCreateInput', {
  description: 'Input of projectCreate.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    name: t.string({ required: true, description: '1 to 100 characters.' }),
    slug: t.string({ description: 'Unique in the organization; made from the name when absent.' }),
    repositoryUrl: t.string({ description: 'An https or ssh clone URL without a password.' }),
    defaultBranch: t.string({
      description: 'What is deployed when nothing else is said; what the repository says when absent.',
    }),
    settings: t.field({ type: ProjectSettingsInput }),
    resources: t.field({
      type: ResourcesInput,
      description: "The project's slice of the pool, given to its production environment. A modest one when absent.",
    }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const ProjectCreatePayload = builder
  .objectRef<Awaited<ReturnType<typeof createProject>>>('ProjectCreatePayload')
  .implement({
    description: 'Success of projectCreate.',
    fields: (t) => ({
      project: t.prismaField({
        type: 'Project',
        resolve: (query, { projectId }, _args, { db }) =>
          db.project.findUniqueOrThrow({ ...query, where: { id: projectId } }),
      }),
      productionEnvironment: t.prismaField({
        type: 'Environment',
        resolve: (query, { projectId }, _args, { db }) =>
          db.environment.findUniqueOrThrow({ ...query, where: { projectId_slug: { projectId, slug: 'production' } } }),
      }),
      pool: t.field({
        type: ResourcePoolRef,
        description: "The organization's pool after the new slice was taken from it.",
        resolve: async ({ organizationId }, _args, { db }) =>
          poolOf(await db.organization.findUniqueOrThrow({ where: { id: organizationId }, select: poolSelection })),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key made it.' }),
    }),
  });

builder.mutationField('projectCreate', (t) =>
  t.field({
    type: ProjectCreatePayload,
    nullable: true,
    description: 'Makes a project with a production environment and a slice of the pool.',
    args: { input: t.arg({ type: ProjectCreateInput, required: true }) },
    errors: {
      types: [
        ValidationError,
        NotFoundError,
        ForbiddenError,
        ConflictError,
        QuotaExceededError,
        PlanLimitError,
        IdempotencyError,
      ],
    },
    resolve: (_root, { input }, context) => createProject(context, input),
  }),
);

const ProjectUpdateInput = builder.inputType('ProjectUpdateInput', {
  description: 'Input of projectUpdate. What is absent stays as it is.',
  fields: (t) => ({
    projectId: t.id({ required: true }),
    name: t.string({ description: '1 to 100 characters.' }),
    slug: t.string({ description: 'Its addresses stay as they are.' }),
    repositoryUrl: t.string({ description: 'Null detaches it.' }),
    defaultBranch: t.string({ description: 'Null: what the repository says.' }),
    settings: t.field({ type: ProjectSettingsInput, description: 'Take effect with the next deployment.' }),
    expectedVersion: t.int({ description: 'Refuses with ConflictError when the project has another version by now.' }),
    expectedSettingsVersion: t.int({ description: 'The same for settingsVersion.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const ProjectDeleteInput = builder.inputType('ProjectDeleteInput', {
  description: 'Input of projectDelete.',
  fields: (t) => ({
    projectId: t.id({ required: true }),
    confirmSlug: t.string({ required: true, description: "Must be the project's slug." }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const ProjectRestoreInput = builder.inputType('ProjectRestoreInput', {
  description: 'Input of projectRestore.',
  fields: (t) => ({ projectId: t.id({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

type Changed = { readonly projectId: string; readonly replayed: boolean };

const ProjectUpdatePayload = builder.objectRef<Changed>('ProjectUpdatePayload').implement({
  description: 'Success of projectUpdate.',
  fields: (t) => ({
    project: t.prismaField({
      type: 'Project',
      resolve: (query, { projectId }, _args, { db }) =>
        db.project.findUniqueOrThrow({ ...query, where: { id: projectId } }),
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
  }),
});

builder.mutationField('projectUpdate', (t) =>
  t.field({
    type: ProjectUpdatePayload,
    nullable: true,
    description: 'Changes what is named of a project. Settings are versioned: see settingsHistory.',
    args: { input: t.arg({ type: ProjectUpdateInput, required: true }) },
    errors: {
      types: [ValidationError, NotFoundError, ForbiddenError, ConflictError, InvalidStateError, IdempotencyError],
    },
    resolve: (_root, { input }, context) => updateProject(context, input),
  }),
);

const ProjectDeletePayload = builder.objectRef<Awaited<ReturnType<typeof deleteProject>>>('ProjectDeletePayload');
ProjectDeletePayload.implement({
  description: 'Success of projectDelete.',
  fields: (t) => ({
    project: t.prismaField({
      type: 'Project',
      resolve: (query, { projectId }, _args, { db }) =>
        db.project.findUniqueOrThrow({ ...query, where: { id: projectId } }),
    }),
    pool: t.field({
      type: ResourcePoolRef,
      description: "The organization's pool, with what the project held.",
      resolve: async ({ organizationId }, _args, { db }) =>
        poolOf(await db.organization.findUniqueOrThrow({ where: { id: organizationId }, select: poolSelection })),
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
  }),
});

builder.mutationField('projectDelete', (t) =>
  t.field({
    type: ProjectDeletePayload,
    nullable: true,
    description:
      'Stops a project at once and frees its slice. It is erased after 72 hours; projectRestore undoes it until then.',
    args: { input: t.arg({ type: ProjectDeleteInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => deleteProject(context, input),
  }),
);

const ProjectRestorePayload = builder.objectRef<Awaited<ReturnType<typeof restoreProject>>>('ProjectRestorePayload');
ProjectRestorePayload.implement({
  description: 'Success of projectRestore.',
  fields: (t) => ({
    project: t.prismaField({
      type: 'Project',
      resolve: (query, { projectId }, _args, { db }) =>
        db.project.findUniqueOrThrow({ ...query, where: { id: projectId } }),
    }),
    sliceRestored: t.exposeBoolean('sliceRestored', {
      description:
        'False: the pool has no room for its slice any more. Give it one with allocationsSet, and what ran before comes back.',
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
  }),
});

builder.mutationField('projectRestore', (t) =>
  t.field({
    type: ProjectRestorePayload,
    nullable: true,
    description:
      'Brings a deleted project back before it is erased, with its slice where it still fits and what ran before.',
    args: { input: t.arg({ type: ProjectRestoreInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, PlanLimitError, IdempotencyError] },
    resolve: (_root, { input }, context) => restoreProject(context, input),
  }),
);
