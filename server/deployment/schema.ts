import { isFinal } from '@apployd/core/deployment';
import { idOf } from '@apployd/core/id';
import {
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  QuotaExceededError,
  ValidationError,
} from '@apployd/core/refusal';
import { reachedEnvironment } from '../access/reached-environment.js';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { logPageCost } from '../cost.js';
import { buildLogPage } from '../log/page.js';
import { LogLineConnection, LogLineRef } from '../log/schema.js';
import { cancelDeployment } from './cancel.js';
import { createDeployment } from './create.js';
import { DeploymentFailureRef, failureOf } from './failure.js';
import { likelyReadyAt } from './place.js';
import { queuedPayload, supersede } from './queued-payload.js';
import { canRollBackTo, rollBack } from './rollback.js';
import { DeploymentSourceRef, sourceOf } from './source.js';
import { DeploymentStageRef, stagesOf } from './stage.js';
import { watchDeployment } from './watch.js';

export const DeploymentStatus = builder.enumType('DeploymentStatus', {
  description:
    'How far a deployment is: QUEUED, BUILDING, DEPLOYING, READY; from the first three also FAILED, CANCELED or SUPERSEDED. The last four are final and never change. Says nothing about traffic: see ServingState.',
  values: {
    QUEUED: {},
    BUILDING: { description: 'Fetching and building; a rollback or a promotion passes it by.' },
    DEPLOYING: { description: 'Starting the release and making sure that it is healthy.' },
    READY: { description: 'It went live.' },
    FAILED: { description: '`failure` says why.' },
    CANCELED: { description: 'Somebody asked for it.' },
    SUPERSEDED: { description: 'A newer one made it pointless before it was done: supersededBy.' },
  } as const,
});

const ServingState = builder.enumType('ServingState', {
  description: "Whether a deployment's instances take traffic.",
  values: {
    NONE: { description: 'Not yet, or never.' },
    LIVE: {},
    STANDBY: { description: 'Was live; its release is kept and can be rolled back to.' },
    RETIRED: { description: 'Was live; its release is gone.' },
  } as const,
});

const StandbyReason = builder.enumType('StandbyReason', {
  description: 'Why a deployment that was LIVE is not any more.',
  values: ['REPLACED', 'ROLLED_BACK', 'STOPPED', 'SUSPENDED'] as const,
});

const DeploymentTrigger = builder.enumType('DeploymentTrigger', {
  description: 'What started a deployment.',
  values: ['API', 'GIT_PUSH', 'UPLOAD', 'IMAGE', 'ROLLBACK', 'REDEPLOY', 'PROMOTE'] as const,
});

const DeploymentStrategyRef = builder.enumType('DeploymentStrategy', {
  description: 'How a deployment takes the place of what runs.',
  values: {
    BESIDE: { description: 'It starts beside it and takes the visitors once it is healthy: they notice nothing.' },
    STOP_FIRST: {
      description:
        'The environment has a volume: what runs is ended first, and nobody is served until the new release is healthy. If it does not get there, the former one is started again.',
    },
  } as const,
});

export const DeploymentNode = builder.prismaNode('Deployment', {
  description: 'One attempt to bring a source, or a release that was kept, live in an environment.',
  id: { field: 'id' },
  fields: (t) => ({
    number: t.exposeInt('number', { description: '1, 2, 3 … within the project.' }),
    status: t.expose('status', { type: DeploymentStatus }),
    serving: t.expose('serving', { type: ServingState }),
    standbyReason: t.expose('standbyReason', { type: StandbyReason, nullable: true }),
    trigger: t.expose('trigger', { type: DeploymentTrigger }),
    strategy: t.field({
      type: DeploymentStrategyRef,
      description: 'How it takes the place of what runs; settled when it is DEPLOYING.',
      select: { environment: { select: { volumes: { where: { deletesAt: null }, take: 1, select: { id: true } } } } },
      resolve: ({ stopsFirst, environment }) =>
        (stopsFirst ?? environment.volumes.length > 0) ? 'STOP_FIRST' : 'BESIDE',
    }),
    source: t.field({
      type: DeploymentSourceRef,
      select: { project: { select: { defaultBranch: true } }, upload: true },
      resolve: sourceOf,
    }),
    project: t.relation('project'),
    environment: t.relation('environment'),
    createdBy: t.relation('createdBy', {
      nullable: true,
      description: 'Null when the platform did it, or the person is gone.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it left the queue.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its status became final.',
    }),
    queuePosition: t.int({
      nullable: true,
      description:
        'While it waits in the queue: 1 is the next. Those with the fewest at work go first, so it may also grow.',
      resolve: async ({ id, status, slotAt }, _args, { places }) =>
        status === 'QUEUED' && slotAt === null ? ((await places(id))?.position ?? null) : null,
    }),
    estimatedReadyAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'By what the last ones took in its environment, else in its project; null where none went live, and once it is over.',
      resolve: async ({ id, status, startedAt }, _args, { places }) => {
        const place = isFinal(status) ? null : await places(id);
        return place && likelyReadyAt(place, startedAt, new Date());
      },
    }),
    stages: t.field({
      type: [DeploymentStageRef],
      description: 'All that it passes, in order; a rollback or a promotion passes no FETCH, and its BUILD is REUSED.',
      select: { steps: true },
      resolve: stagesOf,
    }),
    failure: t.field({
      type: DeploymentFailureRef,
      nullable: true,
      description: 'Set when FAILED.',
      resolve: failureOf,
    }),
    cancelRequestedAt: t.expose('cancelRequestedAt', { type: 'DateTime', nullable: true }),
    rollbackOf: t.relation('rollbackOf', {
      nullable: true,
      description: 'The earlier deployment whose release this one brings back.',
    }),
    promotedFrom: t.prismaField({
      type: 'Deployment',
      nullable: true,
      description:
        'The deployment of another environment whose release this one brings live here. Null for a token of one environment.',
      select: { promotedFromId: true },
      resolve: (query, { promotedFromId: id }, _args, context) =>
        id !== null && reachedEnvironment(signedIn(context)) === null
          ? context.db.deployment.findUnique({ ...query, where: { id } })
          : null,
    }),
    supersededBy: t.relation('supersededBy', {
      nullable: true,
      description: 'The newer one that made it pointless; set as soon as it is asked to end.',
    }),
    url: t.exposeString('url', { nullable: true, description: 'Where it was put live; null before.' }),
    imageDigest: t.string({
      nullable: true,
      description: "What was built: an image's digest, or the runtime's own name for it.",
      select: { release: { select: { imageId: true } } },
      // Where images have names, the digest stands behind the last @.
      resolve: ({ release }) => release?.imageId.split('@').at(-1) ?? null,
    }),
    canRollbackTo: t.boolean({
      description: 'It was live, is not now, and its release is kept.',
      resolve: canRollBackTo,
    }),
    buildLogs: t.connection(
      {
        type: LogLineRef,
        description: 'The build log in order; with `last` its end. 100 lines when no size is given.',
        complexity: logPageCost,
        resolve: ({ id }, args, { logs }) => buildLogPage(logs, id, args),
      },
      LogLineConnection,
    ),
  }),
});

export const DeploymentConnection = builder.connectionObject(
  { type: DeploymentNode, name: 'DeploymentConnection', description: 'A page of Deployment.' },
  { name: 'DeploymentEdge', description: 'A Deployment on a page.' },
);

builder.queryField('deployment', (t) =>
  t.prismaField({
    type: 'Deployment',
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    description: 'Null when there is none, or when you may not see it.',
    resolve: (query, _root, args, context) => {
      const { sees } = signedIn(context);
      const id = idOf('Deployment', args.id);
      return id === null ? null : context.db.deployment.findFirst({ ...query, where: { id, ...sees.Deployment } });
    },
  }),
);

builder.subscriptionField('deploymentChanged', (t) =>
  t.prismaField({
    type: 'Deployment',
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    description:
      'The deployment now, and again whenever it changes; ends once its status is final. A single null when there is none.',
    subscribe: (_root, { id }, context) => watchDeployment(context, id),
    resolve: (query, changed, _args, { db }) =>
      changed && db.deployment.findUnique({ ...query, where: { id: changed.id } }),
  }),
);

const GitSourceInput = builder.inputType('GitSourceInput', {
  description: "Which revision of the project's repository.",
  fields: (t) => ({ ref: t.string({ description: 'Branch, tag or commit; the default branch when absent.' }) }),
});

const DeploymentSourceInput = builder.inputType('DeploymentSourceInput', {
  isOneOf: true,
  description: 'What to deploy, in exactly one way.',
  fields: (t) => ({
    git: t.field({ type: GitSourceInput }),
    uploadId: t.id({ description: 'Of sourceUploadCreate, once stored.' }),
  }),
});

const DeploymentCreateInput = builder.inputType('DeploymentCreateInput', {
  description: 'Input of deploymentCreate.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    source: t.field({ type: DeploymentSourceInput, description: "The repository's default branch when absent." }),
    supersede: t.boolean({ description: supersede }),
    gradual: t.boolean({
      description:
        "Whether visitors come to it step by step; absent: what the environment's `rollout` says. By its steps, whether or not it is enabled.",
    }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('deploymentCreate', (t) =>
  t.field({
    type: queuedPayload('DeploymentCreatePayload', 'deploymentCreate'),
    nullable: true,
    description:
      'Queues a deployment of a commit or an uploaded folder. Older ones of the environment that wait, or are built, end as SUPERSEDED, and so does what is in a rollout; what else is DEPLOYING goes first.',
    args: { input: t.arg({ type: DeploymentCreateInput, required: true }) },
    errors: {
      types: [ValidationError, NotFoundError, ForbiddenError, InvalidStateError, QuotaExceededError, IdempotencyError],
    },
    resolve: (_root, { input }, context) => createDeployment(context, input),
  }),
);

const DeploymentCancelInput = builder.inputType('DeploymentCancelInput', {
  description: 'Input of deploymentCancel.',
  fields: (t) => ({
    deploymentId: t.id({ required: true }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const DeploymentCancelPayload = builder
  .objectRef<Awaited<ReturnType<typeof cancelDeployment>>>('DeploymentCancelPayload')
  .implement({
    description: 'Success of deploymentCancel.',
    fields: (t) => ({
      deployment: t.prismaField({
        type: 'Deployment',
        resolve: (query, { deploymentId }, _args, { db }) =>
          db.deployment.findUniqueOrThrow({ ...query, where: { id: deploymentId } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('deploymentCancel', (t) =>
  t.field({
    type: DeploymentCancelPayload,
    nullable: true,
    description:
      'Cancels what waits at once, and asks what is at work to stop: cancelRequestedAt is set until it has. Asking again changes nothing.',
    args: { input: t.arg({ type: DeploymentCancelInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => cancelDeployment(context, input),
  }),
);

const DeploymentRollbackInput = builder.inputType('DeploymentRollbackInput', {
  description: 'Input of deploymentRollback.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    toDeploymentId: t.id({ description: 'One that canRollbackTo; the one that was live before when absent.' }),
    restoreVariables: t.boolean({
      description:
        'Makes the variables of the environment what they were for that deployment, as a new version; false when absent: it starts with those of now. Needs VARIABLE_WRITE besides.',
    }),
    supersede: t.boolean({ description: supersede }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('deploymentRollback', (t) =>
  t.field({
    type: queuedPayload('DeploymentRollbackPayload', 'deploymentRollback'),
    nullable: true,
    description:
      'Queues a new deployment that brings an earlier release live again, without building it. What would deploy by itself is held back until environmentAutoDeployResume: see Environment.autoDeployPaused.',
    args: { input: t.arg({ type: DeploymentRollbackInput, required: true }) },
    errors: {
      types: [ValidationError, NotFoundError, ForbiddenError, InvalidStateError, QuotaExceededError, IdempotencyError],
    },
    resolve: (_root, { input }, context) => rollBack(context, input),
  }),
);
