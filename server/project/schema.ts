import { productionSlug } from '@apployd/core/environment';
import { idOf } from '@apployd/core/id';
import { isSlug } from '@apployd/core/slug';
import { projectState, type ProjectState } from '@apployd/core/project';
import { sleepsAfterMinutes } from '@apployd/core/settings';
import { reachedEnvironment } from '../access/reached-environment.js';
import { builder } from '../builder.js';
import { signedIn, type Context } from '../context.js';
import { pageSize, totalCountCost } from '../cost.js';
import { DeploymentConnection } from '../deployment/schema.js';
import { DomainConnection } from '../domain/schema.js';
import { EnvironmentConnection } from '../environment/schema.js';
import { GitRepositoryRef } from './repository.js';
import { ProjectSettingsRef } from './settings-schema.js';
import { BandwidthLimitNode } from '../usage/bandwidth-schema.js';
import { inUseOfProject } from '../usage/in-use.js';
import { InUseRef, UsageRef, usageCost } from '../usage/schema.js';
import { usageOf } from '../usage/usage.js';
import { settingsOf } from './settings.js';
import { watchProjects } from './watch.js';

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

export const ProjectNode = builder.prismaNode('Project', {
  description: 'An application: its environments, its slice of the pool and its history.',
  select: { id: true, organizationId: true },
  id: { field: 'id' },
  fields: (t) => ({
    slug: t.exposeString('slug'),
    name: t.exposeString('name'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Goes up with every change; give it as expectedVersion.' }),
    state: t.field({ type: ProjectStateRef, select: { deletesAt: true }, resolve: projectState }),
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
      select: { repositoryUrl: true, defaultBranch: true },
      resolve: ({ repositoryUrl, defaultBranch }) =>
        repositoryUrl === null ? null : { url: repositoryUrl, defaultBranch },
    }),
    settings: t.field({
      type: ProjectSettingsRef,
      select: { settings: true },
      resolve: ({ settings }) => settingsOf(settings),
    }),
    settingsVersion: t.exposeInt('settingsVersion', { description: 'Goes up with every change of the settings.' }),
    settingsHistory: t.relatedConnection(
      'settingsHistory',
      { cursor: 'projectId_version', description: 'Newest first.', query: { orderBy: { version: 'desc' } } },
      SettingsVersionConnection,
    ),
    sleepsAfterMinutes: t.int({
      nullable: true,
      description: 'Minutes without visitors: the setting, or what the plan has where that is less. Null: never.',
      select: { settings: true, organization: { select: { plan: { select: { autoSleepMinutes: true } } } } },
      resolve: ({ settings, organization }) =>
        sleepsAfterMinutes(settingsOf(settings).autoSleepMinutes, organization.plan.autoSleepMinutes),
    }),
    allocation: t.relation('allocation', {
      nullable: true,
      description: 'Null when its slice was freed: it cannot be deployed then.',
    }),
    bandwidthLimit: t.relation('bandwidthLimit', {
      type: BandwidthLimitNode,
      nullable: true,
      description: 'How it is slowed down or stopped since it has used its bandwidth; null: it has some left.',
    }),
    usage: t.field({
      type: UsageRef,
      description: 'What it has used of the bandwidth of its slice.',
      complexity: usageCost,
      select: { allocation: { select: { bandwidthBytesPerMonth: true } } },
      resolve: ({ id, organizationId, allocation }, _args, context) =>
        usageOf(context, { organizationId, projectId: id }, allocation && Number(allocation.bandwidthBytesPerMonth)),
    }),
    inUse: t.field({
      type: InUseRef,
      nullable: true,
      description:
        'What the running instances of all its environments use of its slice; null when none runs, or none was looked at in the last minutes.',
      resolve: ({ id }, _args, context) => inUseOfProject(context, id),
    }),
    productionEnvironment: t.prismaField({
      type: 'Environment',
      nullable: true,
      description: 'Null for a token that reaches another environment alone.',
      resolve: (query, { id: projectId }, _args, context) => {
        const production = { projectId_slug: { projectId, slug: productionSlug } };
        const own = reachedEnvironment(signedIn(context));
        const where = own === null ? production : { ...production, id: own };
        return context.db.environment.findUnique({ ...query, where });
      },
    }),
    environment: t.prismaField({
      type: 'Environment',
      nullable: true,
      args: { slug: t.arg.string({ required: true }) },
      description: 'One of them by its slug; null when there is none.',
      resolve: (query, { id: projectId }, { slug }, context) => {
        if (!isSlug(slug)) return null;
        const where = { projectId, slug, AND: [signedIn(context).below.Environment] };
        return context.db.environment.findFirst({ ...query, where });
      },
    }),
    environments: t.relatedConnection(
      'environments',
      {
        cursor: 'id',
        description: 'Oldest first: production. Those that are being deleted among them: see deletesAt.',
        query: (_args, context) => ({ where: signedIn(context).below.Environment, orderBy: { id: 'asc' } }),
      },
      EnvironmentConnection,
    ),
    domains: t.relatedConnection(
      'domains',
      {
        cursor: 'id',
        description: 'Names of your own, over all environments, oldest first.',
        query: (_args, context) => ({ where: signedIn(context).below.Domain, orderBy: { id: 'asc' } }),
      },
      DomainConnection,
    ),
    deployments: t.relatedConnection(
      'deployments',
      {
        cursor: 'id',
        args: { environment: t.arg.string({ description: 'Of the environment with this slug alone.' }) },
        description: 'Newest first, over all environments unless one is named.',
        query: ({ environment }, context) => ({
          where: ofEnvironment(environment, context),
          orderBy: { id: 'desc' },
        }),
      },
      DeploymentConnection,
    ),
    recentDeployments: t.relation('deployments', {
      args: {
        first: t.arg.int({ required: true, defaultValue: 5 }),
        environment: t.arg.string({ description: 'Of the environment with this slug alone.' }),
      },
      description: `The newest, at most ${mostRecent}, over all environments unless one is named: what a list of projects shows.`,
      complexity: ({ first }) => ({ field: 1, multiplier: pageSize({ first }, { most: mostRecent }) }),
      query: ({ first, environment }, context) => ({
        where: ofEnvironment(environment, context),
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

/** A text that is no slug names none. */
function ofEnvironment(slug: string | null | undefined, context: Context) {
  const { Deployment } = signedIn(context).below;
  return slug == null ? Deployment : { ...Deployment, environment: { slug: isSlug(slug) ? slug : '' } };
}

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

builder.subscriptionField('projectChanged', (t) =>
  t.prismaField({
    type: 'Project',
    nullable: true,
    args: { organizationId: t.arg.id({ required: true }) },
    description:
      'Each project of the organization when something happens in it: a deployment goes on, an instance crashes, a setting changes. What happens together comes once, and what happened in the last seconds comes first, so nothing is missed between reading the projects and following them. A single null when there is no such organization.',
    subscribe: (_root, { organizationId }, context) => watchProjects(context, organizationId),
    resolve: (query, changed, _args, { db }) =>
      changed && db.project.findUnique({ ...query, where: { id: changed.id } }),
  }),
);
