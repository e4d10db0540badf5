import {
  readRolloutSettings,
  rolloutReasons,
  rolloutVerdicts,
  sidesOf,
  type RolloutReason,
  type RolloutSettings,
  type RolloutStep,
  type SideSummary,
} from '@apployd/core/rollout';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { DeploymentNode } from '../deployment/schema.js';
import { EnvironmentNode } from '../environment/schema.js';
import { abortRollout, promoteRollout } from './decide.js';
import { updateRolloutSettings } from './update-settings.js';

const RolloutStepRef = builder.objectRef<RolloutStep>('RolloutStep').implement({
  description: 'A share of the visitors that a new release has for a while.',
  fields: (t) => ({
    percent: t.exposeInt('percent', { description: 'Of the visitors, 1 to 99.' }),
    minutes: t.exposeInt('minutes'),
  }),
});

const RolloutSettingsRef = builder.objectRef<RolloutSettings>('RolloutSettings').implement({
  description: 'How new releases of an environment come to their visitors.',
  fields: (t) => ({
    enabled: t.exposeBoolean('enabled', { description: 'False: a new release has all visitors at once.' }),
    steps: t.expose('steps', { type: [RolloutStepRef], description: 'After the last it has all visitors.' }),
    maxErrorRateIncrease: t.exposeFloat('maxErrorRateIncrease', {
      description:
        'The share of answers with a status of 500 or above may be so many percentage points above that of the former release.',
    }),
    maxP95Factor: t.exposeFloat('maxP95Factor', {
      description: 'So many times the p95 of the former release that of the new one may be.',
    }),
    minRequests: t.exposeInt('minRequests', { description: 'Before both have answered so many nothing is judged.' }),
  }),
});

builder.prismaObjectFields(EnvironmentNode, (t) => ({
  rollout: t.field({
    type: RolloutSettingsRef,
    description: 'How new releases come to their visitors.',
    select: { rollout: true },
    resolve: ({ rollout }) => readRolloutSettings(rollout),
  }),
  rolloutVersion: t.exposeInt('rolloutVersion', {
    description: 'Goes up with every change of `rollout`; give it as expectedVersion of environmentRolloutUpdate.',
  }),
}));

const RolloutSideRef = builder.objectRef<SideSummary>('RolloutSide').implement({
  description: 'What one of the two releases has answered since the rollout began, as far as edges have told.',
  fields: (t) => ({
    requests: t.exposeInt('requests'),
    errors: t.exposeInt('errors', {
      description:
        'With a status of 500 or above, those of an edge that did not reach it among them; and calls of gRPC that failed by their own status.',
    }),
    errorRate: t.exposeFloat('errorRate', { nullable: true, description: 'In percent; null before the first answer.' }),
    p95Ms: t.exposeFloat('p95Ms', {
      nullable: true,
      description: 'Within so many milliseconds 95 % of its answers began; null before the first.',
    }),
  }),
});

const RolloutVerdictRef = builder.enumType('RolloutVerdict', {
  description: 'What has become of a rollout.',
  values: rolloutVerdicts,
});

const RolloutReasonRef = builder.enumType('RolloutReason', {
  description: 'Why.',
  values: {
    SCHEDULE: { description: 'All steps have passed.' },
    BY_HAND: {},
    ERROR_RATE: { description: 'The new release failed more than the former by more than is allowed.' },
    P95: { description: 'It was slower by more than is allowed.' },
    ENDED: { description: 'An instance of the new release ended.' },
    UNHEALTHY: { description: 'An instance of the new release failed its health checks.' },
    NOT_RUNNING: { description: 'The former release was not to run any more.' },
    CANCELED: { description: 'The deployment was cancelled.' },
    SUPERSEDED: { description: 'A newer deployment came.' },
    FAILED: { description: 'The deployment failed.' },
  } as const satisfies Record<RolloutReason, object>,
});

type Row = Prisma.RolloutGetPayload<{ include: { sides: true } }>;

const RolloutRef = builder.objectRef<Row>('Rollout').implement({
  description: 'A deployment that has its visitors step by step, beside the one that is live meanwhile.',
  fields: (t) => ({
    step: t.exposeInt('step', { description: 'Of `steps`, from 0.' }),
    percent: t.exposeInt('percent', { description: 'Of the visitors that the new release has, or had at last.' }),
    steps: t.field({ type: [RolloutStepRef], resolve: ({ settings }) => readRolloutSettings(settings).steps }),
    settings: t.field({
      type: RolloutSettingsRef,
      description: 'As they were when it began.',
      resolve: ({ settings }) => readRolloutSettings(settings),
    }),
    startedAt: t.field({ type: 'DateTime', resolve: ({ startedAt }) => startedAt }),
    nextAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the step is over by the schedule; later where too few have visited. Null once it is decided.',
      resolve: ({ verdict, nextAt }) => (verdict === null ? nextAt : null),
    }),
    decidedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ decidedAt }) => decidedAt }),
    verdict: t.field({
      type: RolloutVerdictRef,
      nullable: true,
      description: 'Null while it is under way.',
      resolve: ({ verdict }) => verdict,
    }),
    reason: t.field({
      type: RolloutReasonRef,
      nullable: true,
      resolve: ({ reason }) => rolloutReasons.find((one) => one === reason) ?? null,
    }),
    sentence: t.string({
      nullable: true,
      description: 'The reason in words, with the figures that led to it.',
      resolve: ({ sentence }) => sentence,
    }),
    old: t.field({
      type: RolloutSideRef,
      description: 'Of the former release.',
      resolve: ({ sides }) => sidesOf(sides).former,
    }),
    new: t.field({
      type: RolloutSideRef,
      description: 'Of the new release.',
      resolve: ({ sides }) => sidesOf(sides).newer,
    }),
  }),
});

builder.prismaObjectFields(DeploymentNode, (t) => ({
  rollout: t.field({
    type: RolloutRef,
    nullable: true,
    description: 'How far it is with its visitors; null where it has, or had, all of them at once.',
    select: { rollout: { include: { sides: true } } },
    resolve: ({ rollout }) => rollout,
  }),
}));

const RolloutStepInput = builder.inputType('RolloutStepInput', {
  description: 'A share of the visitors for a while.',
  fields: (t) => ({
    percent: t.int({ required: true, description: '1 to 99, and more than the step before has.' }),
    minutes: t.int({ required: true, description: '1 to 1,440, which is a day.' }),
  }),
});

const RolloutSettingsInput = builder.inputType('RolloutSettingsInput', {
  description: 'What is absent stays; null gives the default back.',
  fields: (t) => ({
    enabled: t.boolean({ description: 'False when null.' }),
    steps: t.field({
      type: [RolloutStepInput],
      description: '1 to 10, all of them. 5 %, 25 % and 50 % for ten minutes each when null.',
    }),
    maxErrorRateIncrease: t.float({ description: '0 to 100 percentage points; 2 when null.' }),
    maxP95Factor: t.float({ description: '1 to 100; 2 when null.' }),
    minRequests: t.int({ description: '1 to 1,000,000; 100 when null.' }),
  }),
});

const EnvironmentRolloutUpdateInput = builder.inputType('EnvironmentRolloutUpdateInput', {
  description: 'Input of environmentRolloutUpdate.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    rollout: t.field({ type: RolloutSettingsInput, required: true }),
    expectedVersion: t.int({ description: 'Refuses with ConflictError when rolloutVersion is another by now.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const EnvironmentRolloutUpdatePayload = builder
  .objectRef<Awaited<ReturnType<typeof updateRolloutSettings>>>('EnvironmentRolloutUpdatePayload')
  .implement({
    description: 'Success of environmentRolloutUpdate.',
    fields: (t) => ({
      environment: t.prismaField({
        type: EnvironmentNode,
        resolve: (query, { environmentId }, _args, { db }) =>
          db.environment.findUniqueOrThrow({ ...query, where: { id: environmentId } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('environmentRolloutUpdate', (t) =>
  t.field({
    type: EnvironmentRolloutUpdatePayload,
    nullable: true,
    description:
      'Changes how new releases come to their visitors, from the next deployment on. Where the environment has a volume they come all at once whatever it says.',
    args: { input: t.arg({ type: EnvironmentRolloutUpdateInput, required: true }) },
    errors: {
      types: [ValidationError, NotFoundError, ForbiddenError, ConflictError, InvalidStateError, IdempotencyError],
    },
    resolve: (_root, { input }, context) => updateRolloutSettings(context, input),
  }),
);

type Decided = Awaited<ReturnType<typeof promoteRollout>>;

const decidePayload = (name: string, mutation: string) =>
  builder.objectRef<Decided>(name).implement({
    description: `Success of ${mutation}.`,
    fields: (t) => ({
      deployment: t.prismaField({
        type: 'Deployment',
        resolve: (query, { deploymentId }, _args, { db }) =>
          db.deployment.findUniqueOrThrow({ ...query, where: { id: deploymentId } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

const decideInput = (name: string, mutation: string) =>
  builder.inputType(name, {
    description: `Input of ${mutation}.`,
    fields: (t) => ({
      deploymentId: t.id({ required: true, description: 'One whose rollout is under way.' }),
      idempotencyKey: t.field({ type: 'IdempotencyKey' }),
    }),
  });

const decideErrors = { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] };

const RolloutPromoteInput = decideInput('RolloutPromoteInput', 'rolloutPromote');

builder.mutationField('rolloutPromote', (t) =>
  t.field({
    type: decidePayload('RolloutPromotePayload', 'rolloutPromote'),
    nullable: true,
    description: 'Gives the new release all visitors now, whatever step its rollout is at.',
    args: { input: t.arg({ type: RolloutPromoteInput, required: true }) },
    errors: decideErrors,
    resolve: (_root, { input }, context) => promoteRollout(context, input),
  }),
);

const RolloutAbortInput = decideInput('RolloutAbortInput', 'rolloutAbort');

builder.mutationField('rolloutAbort', (t) =>
  t.field({
    type: decidePayload('RolloutAbortPayload', 'rolloutAbort'),
    nullable: true,
    description: 'Gives the former release all visitors back, and ends the new one as CANCELED.',
    args: { input: t.arg({ type: RolloutAbortInput, required: true }) },
    errors: decideErrors,
    resolve: (_root, { input }, context) => abortRollout(context, input),
  }),
);
