import { productionSlug } from '@apployd/core/environment';
import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  NotFoundError,
  PlanLimitError,
  QuotaExceededError,
  ValidationError,
} from '@apployd/core/refusal';
import { poolOf, poolSelection } from '../allocation/pool.js';
import { ResourcePoolRef } from '../allocation/schema.js';
import { builder } from '../builder.js';
import { ResourcesInput } from '../resources/schema.js';
import { createProject } from './create.js';
import { HealthCheckKindRef, KeepAwakeInput, RedirectInput } from './settings-schema.js';

export const ProjectSettingsInput = builder.inputType('ProjectSettingsInput', {
  description: 'Of a new project absent fields have their defaults; else they stay, and null gives the default back.',
  fields: (t) => ({
    rootDirectory: t.string({ description: "The app's folder in the repository, such as apps/web." }),
    dockerfilePath: t.string({ description: 'Below rootDirectory.' }),
    buildCommand: t.string({
      description:
        'One line, run by sh in the folder where the app is built, instead of its build script. A Dockerfile says itself how it is built.',
    }),
    startCommand: t.string({
      description:
        'One line, run by sh in each instance, instead of the start script, or of the command of the image of a Dockerfile, whose entrypoint stays.',
    }),
    outputDirectory: t.string({
      description:
        'Below rootDirectory: the folder that is served as a static site, once it is built. Not together with startCommand; not of a Dockerfile.',
    }),
    releaseCommand: t.stringList({
      description:
        'Program and arguments, run in the new release without a shell, once, before it gets visitors: a migration. None when absent.',
    }),
    port: t.int({ description: 'Where the app listens; 3000 when absent.' }),
    healthCheckKind: t.field({ type: HealthCheckKindRef, description: 'HTTP when absent.' }),
    healthCheckPath: t.string({ description: '`/` when absent.' }),
    healthCheckCommand: t.stringList({
      description: 'Program and arguments, run inside the instance without a shell. Needed by the kind COMMAND.',
    }),
    healthCheckTimeoutMs: t.int({
      description: 'The grace of a new instance, in milliseconds: 1,000 to 600,000; 60,000 when absent.',
    }),
    healthCheckAnswerMs: t.int({ description: 'Milliseconds, 100 to 60,000; 5,000 when absent.' }),
    healthCheckIntervalMs: t.int({ description: 'Milliseconds, 5,000 to 3,600,000; 10,000 when absent.' }),
    healthCheckRetries: t.int({ description: '1 to 20; 3 when absent.' }),
    keepReleases: t.int({ description: 'Of each environment, 1 to 100; 10 when absent.' }),
    supersede: t.boolean({
      description:
        'Whether a new deployment ends older ones of its environment that wait or are built; true when absent.',
    }),
    redirects: t.field({
      type: [RedirectInput],
      description: 'At most 100, all of them: what is left out is gone. None when absent. In force at once.',
    }),
    autoSleepMinutes: t.int({ description: "1 to 10,080; null: never. The plan's when absent." }),
    keepAwake: t.field({
      type: KeepAwakeInput,
      description: 'Hours in which it stays awake; none when absent. Needs a plan on which projects may stay awake.',
    }),
    deepSleepMinutes: t.int({
      description: 'Of light sleep, until memory is given back: 0 to 10,080; 60 when absent.',
    }),
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
          db.environment.findUniqueOrThrow({
            ...query,
            where: { projectId_slug: { projectId, slug: productionSlug } },
          }),
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
