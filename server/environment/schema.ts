import { environmentUrl } from '@apployd/core/hostname';
import { idOf } from '@apployd/core/id';
import { instanceExit } from '@apployd/core/instance-exit';
import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  QuotaExceededError,
  ValidationError,
} from '@apployd/core/refusal';
import { mostVolumes } from '@apployd/core/volume';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { logPageCost } from '../cost.js';
import { DeploymentConnection } from '../deployment/schema.js';
import { DomainConnection } from '../domain/schema.js';
import { runtimeLogPage } from '../log/page.js';
import { LogLineConnection, LogLineRef } from '../log/schema.js';
import { ResourcesRef } from '../resources/schema.js';
import { VariablesVersionConnection } from '../variable/schema.js';
import { InstanceExitRef } from './instance-exit.js';
import { EnvironmentKindRef } from './kind.js';
import { EnvironmentResourcesVersionConnection } from './resources-history-schema.js';
import { EnvironmentResizeRef, reachedResizes } from './resize.js';
import { updateEnvironment } from './update.js';
import { inUseOf, inUseSelection } from '../usage/in-use.js';
import { InUseRef } from '../usage/schema.js';
import { BandwidthLimitNode } from '../usage/bandwidth-schema.js';
import { wakesOf, type WakeTimes } from './wakes.js';

const EnvironmentState = builder.enumType('EnvironmentState', {
  description: 'Whether an environment runs.',
  values: {
    RUNNING: {},
    LIGHT_SLEEP: { description: 'Keeps its memory; wakes in tens of milliseconds.' },
    DEEP_SLEEP: { description: 'Has given its memory back.' },
    STOPPED: { description: 'Nothing runs, or nothing was deployed yet.' },
    CRASHED: { description: 'Observed only: it ends again and again, and is tried every few minutes.' },
  } as const,
});

/** One selection for all fields that need it, so that they are read together. */
const web = { processes: { where: { name: 'web' }, take: 1 } } as const;

const WakeTimesRef = builder.objectRef<WakeTimes>('WakeTimes').implement({
  description: 'How long waking took.',
  fields: (t) => ({
    depth: t.expose('depth', { type: EnvironmentState, description: 'How deep it had slept.' }),
    count: t.exposeInt('count', { description: 'Of how many wakes.' }),
    p50Ms: t.exposeInt('p50Ms', { description: 'Half of them took no longer.' }),
    p95Ms: t.exposeInt('p95Ms', { description: '95 of 100 took no longer.' }),
  }),
});

/** A query of its own for each environment. */
const wakesCost = { field: 10 };

type Pause = { readonly reason: string; readonly since: Date };

const AutoDeployPauseRef = builder.objectRef<Pause>('AutoDeployPause').implement({
  description: 'Why nothing deploys by itself, until environmentAutoDeployResume. Who deploys by hand may.',
  fields: (t) => ({
    reason: t.exposeString('reason'),
    since: t.expose('since', { type: 'DateTime' }),
  }),
});

export const EnvironmentNode = builder.prismaNode('Environment', {
  description: 'One running copy of a project, with its own variables and its own address.',
  select: { id: true },
  id: { field: 'id' },
  fields: (t) => ({
    slug: t.exposeString('slug'),
    kind: t.expose('kind', { type: EnvironmentKindRef }),
    project: t.relation('project'),
    bandwidthLimit: t.field({
      type: BandwidthLimitNode,
      nullable: true,
      description: "How it is slowed down or stopped since its project has used its bandwidth: the project's.",
      select: { project: { select: { bandwidthLimit: true } } },
      resolve: ({ project }) => project.bandwidthLimit,
    }),
    url: t.string({
      description: 'Where visitors reach the live deployment.',
      select: { hostname: true },
      resolve: ({ hostname }, _args, { settings }) => environmentUrl(settings.APPLOYD_PUBLIC_URL, hostname),
    }),
    hostname: t.exposeString('hostname', { description: "The platform's own host name for it." }),
    limits: t.field({
      type: ResourcesRef,
      description: 'What one instance may use; all of them fit inside the allocation of the project.',
      select: { ...web, project: { select: { allocation: { select: { bandwidthBytesPerMonth: true } } } } },
      resolve: ({ processes: [process], project }) => ({
        memoryBytes: Number(process?.memoryBytes ?? 0),
        cpuMillicores: process?.cpuMillicores ?? 0,
        bandwidthBytesPerMonth: Number(project.allocation?.bandwidthBytesPerMonth ?? 0),
      }),
    }),
    chosenMemoryBytes: t.field({
      type: 'SafeInt',
      nullable: true,
      description: 'What was chosen for one instance; null: the slice is shared among them.',
      select: web,
      resolve: ({ processes: [process] }) => process?.chosenMemoryBytes,
    }),
    chosenCpuMillicores: t.int({
      nullable: true,
      description: 'As chosenMemoryBytes.',
      select: web,
      resolve: ({ processes: [process] }) => process?.chosenCpuMillicores,
    }),
    instances: t.int({
      description: 'How many are to run.',
      select: web,
      resolve: ({ processes: [process] }) => process?.desiredInstances ?? 0,
    }),
    runningInstances: t.relationCount('instances', {
      description: 'How many take visitors just now.',
      where: { state: 'RUNNING' },
    }),
    inUse: t.field({
      type: InUseRef,
      nullable: true,
      description: 'What its running instances use; null when none runs, or none was looked at in the last minutes.',
      select: (_args, _context, nested) => ({ instances: nested(inUseSelection()) }),
      resolve: ({ instances }) => inUseOf(instances),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    deletesAt: t.expose('deletesAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is erased for good; null while nobody has deleted it.',
    }),
    version: t.exposeInt('version', {
      description: 'Goes up with every environmentUpdate, deletion and restoring; give it as expectedVersion.',
    }),
    desiredState: t.expose('desiredState', { type: EnvironmentState }),
    observedState: t.expose('observedState', { type: EnvironmentState }),
    stateReason: t.exposeString('stateReason', {
      nullable: true,
      description: 'Why the two differ, why it sleeps, or why it could not get its new limits.',
    }),
    asleepSince: t.expose('asleepSince', {
      type: 'DateTime',
      nullable: true,
      description: 'Null while it is awake.',
    }),
    keepAwakeUntil: t.expose('keepAwakeUntil', {
      type: 'DateTime',
      nullable: true,
      description:
        'It does not fall asleep by itself before; null: nobody asked for that. It holds nothing awake while the plan sends projects to sleep.',
    }),
    wakeEta: t.int({
      nullable: true,
      description: 'Milliseconds that waking it takes as a rule; null while it is awake, or when it never woke so.',
      complexity: wakesCost,
      select: { observedState: true },
      resolve: async ({ id, observedState }, _args, context) =>
        (await wakesOf(context, id)).find(({ depth }) => depth === observedState)?.p50Ms,
    }),
    wakes: t.field({
      type: [WakeTimesRef],
      description:
        'How long its last wakes took, from the first who asked until visitors were let in: 100 of each depth.',
      complexity: wakesCost,
      resolve: ({ id }, _args, context) => wakesOf(context, id),
    }),
    restarts: t.exposeInt('restarts', {
      description: 'How often instances were started anew since the live deployment went live.',
    }),
    restartsAt: t.expose('restartAfter', {
      type: 'DateTime',
      nullable: true,
      description: 'When what ended is started again; null: at once, or it runs.',
    }),
    lastExit: t.field({
      type: InstanceExitRef,
      nullable: true,
      description: 'How an instance of the live deployment ended last that nobody had ended; null when none did.',
      select: { lastExit: true },
      resolve: ({ lastExit }) => (lastExit === null ? null : instanceExit.parse(lastExit)),
    }),
    autoDeployPaused: t.field({
      type: AutoDeployPauseRef,
      nullable: true,
      description:
        'Set by a rollback, so that the next push does not bring back what was rolled back; null: it is not paused.',
      select: { autoDeployPausedAt: true, autoDeployPausedReason: true },
      resolve: ({ autoDeployPausedAt: since, autoDeployPausedReason: reason }) =>
        since && { since, reason: reason ?? '' },
    }),
    liveDeployment: t.relation('liveDeployment', { nullable: true, description: 'What takes the traffic.' }),
    variables: t.relation('variables', {
      description: 'By key.',
      // Up to a mebibyte of values, which cost nothing by themselves.
      complexity: { field: 25, multiplier: 10 },
      query: { where: { untilVersion: null }, orderBy: { key: 'asc' } },
    }),
    volumes: t.relation('volumes', {
      description: 'By name; those that are being deleted among them.',
      complexity: { field: 1, multiplier: mostVolumes },
      query: { orderBy: { name: 'asc' } },
    }),
    variablesVersion: t.exposeInt('variablesVersion', {
      description: 'Goes up with every change of the variables; give it as expectedVersion.',
    }),
    variablesHistory: t.relatedConnection(
      'variablesHistory',
      {
        cursor: 'environmentId_version',
        description: 'Who changed which variables when, newest first.',
        query: { orderBy: { version: 'desc' } },
      },
      VariablesVersionConnection,
    ),
    resourcesHistory: t.relatedConnection(
      'resourcesHistory',
      {
        cursor: 'environmentId_version',
        description: 'Who chose how many instances of which size when, newest first.',
        query: { orderBy: { version: 'desc' } },
      },
      EnvironmentResourcesVersionConnection,
    ),
    domains: t.relatedConnection(
      'domains',
      {
        cursor: 'id',
        description: 'Names of your own, oldest first.',
        query: (_args, context) => ({ where: signedIn(context).below.Domain, orderBy: { id: 'asc' } }),
      },
      DomainConnection,
    ),
    deployments: t.relatedConnection(
      'deployments',
      {
        cursor: 'id',
        description: 'Newest first.',
        query: (_args, context) => ({ where: signedIn(context).below.Deployment, orderBy: { id: 'desc' } }),
      },
      DeploymentConnection,
    ),
    logs: t.connection(
      {
        type: LogLineRef,
        description:
          "Output of the environment's instances in order; with `last` its end. 100 lines when no size is given.",
        complexity: logPageCost,
        resolve: ({ id }, args, { logs }) => runtimeLogPage(logs, id, args),
      },
      LogLineConnection,
    ),
  }),
});

export const EnvironmentConnection = builder.connectionObject(
  { type: EnvironmentNode, name: 'EnvironmentConnection', description: 'A page of Environment.' },
  { name: 'EnvironmentEdge', description: 'An Environment on a page.' },
);

builder.queryField('environment', (t) =>
  t.prismaField({
    type: 'Environment',
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    description: 'Null when there is none, or when you may not see it.',
    resolve: (query, _root, args, context) => {
      const { sees } = signedIn(context);
      const id = idOf('Environment', args.id);
      return id === null ? null : context.db.environment.findFirst({ ...query, where: { id, ...sees.Environment } });
    },
  }),
);

const EnvironmentUpdateInput = builder.inputType('EnvironmentUpdateInput', {
  description: 'Input of environmentUpdate. What is absent stays as it is.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    instances: t.int({ description: '1 to 20.' }),
    memoryBytes: t.field({
      type: 'SafeInt',
      description: 'Of one instance: at least 64 MiB, a multiple of 1 MiB. Null shares the slice among them.',
    }),
    cpuMillicores: t.int({ description: 'Of one instance: at least 50. Null shares the slice among them.' }),
    expectedVersion: t.int({ description: 'Refuses with ConflictError when the environment has another by now.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const EnvironmentUpdatePayload = builder
  .objectRef<Awaited<ReturnType<typeof updateEnvironment>>>('EnvironmentUpdatePayload')
  .implement({
    description: 'Success of environmentUpdate.',
    fields: (t) => ({
      environment: t.prismaField({
        type: 'Environment',
        resolve: (query, { environmentId }, _args, { db }) =>
          db.environment.findUniqueOrThrow({ ...query, where: { id: environmentId } }),
      }),
      resizes: t.field({
        type: [EnvironmentResizeRef],
        description: 'The environments of the project whose running instances change, and how.',
        resolve: ({ resizes }, _args, context) => reachedResizes(context, resizes),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('environmentUpdate', (t) =>
  t.field({
    type: EnvironmentUpdatePayload,
    nullable: true,
    description:
      "How many instances an environment runs, and with which limits: all of them fit inside the project's slice.",
    args: { input: t.arg({ type: EnvironmentUpdateInput, required: true }) },
    errors: {
      types: [
        ValidationError,
        NotFoundError,
        ForbiddenError,
        ConflictError,
        InvalidStateError,
        QuotaExceededError,
        IdempotencyError,
      ],
    },
    resolve: (_root, { input }, context) => updateEnvironment(context, input),
  }),
);
