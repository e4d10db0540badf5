import {
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  QuotaExceededError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { resumeAutoDeploy } from './auto-deploy.js';
import { restartEnvironment, startEnvironment, stopEnvironment } from './run.js';
import { sleepEnvironment, wakeEnvironment } from './sleep.js';

type Done = { readonly environmentId: string; readonly replayed: boolean };

const inputOf = (mutation: string) =>
  builder.inputType(`${nameOf(mutation)}Input`, {
    description: `Input of ${mutation}.`,
    fields: (t) => ({
      environmentId: t.id({ required: true }),
      idempotencyKey: t.field({ type: 'IdempotencyKey' }),
    }),
  });

const payloadOf = (mutation: string) =>
  builder.objectRef<Done>(`${nameOf(mutation)}Payload`).implement({
    description: `Success of ${mutation}.`,
    fields: (t) => ({
      environment: t.prismaField({
        type: 'Environment',
        resolve: (query, { environmentId }, _args, { db }) =>
          db.environment.findUniqueOrThrow({ ...query, where: { id: environmentId } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

const nameOf = (mutation: string) => mutation.charAt(0).toUpperCase() + mutation.slice(1);

builder.mutationField('environmentRestart', (t) =>
  t.field({
    type: payloadOf('environmentRestart'),
    nullable: true,
    description:
      'Starts what is live anew, without a build and with the variables that it was deployed with: new instances beside the old ones, which keep the visitors until the new ones are healthy. Its `environment.restarted` event tells that it is done.',
    args: { input: t.arg({ type: inputOf('environmentRestart'), required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => restartEnvironment(context, input),
  }),
);

builder.mutationField('environmentStop', (t) =>
  t.field({
    type: payloadOf('environmentStop'),
    nullable: true,
    description:
      'Ends what runs, and cancels what is on its way. Visitors are told that nothing is running; the release is kept for environmentStart.',
    args: { input: t.arg({ type: inputOf('environmentStop'), required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => stopEnvironment(context, input),
  }),
);

builder.mutationField('environmentStart', (t) =>
  t.field({
    type: payloadOf('environmentStart'),
    nullable: true,
    description: 'Brings back what was live when the environment was stopped, without a build.',
    args: { input: t.arg({ type: inputOf('environmentStart'), required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, QuotaExceededError, IdempotencyError] },
    resolve: (_root, { input }, context) => startEnvironment(context, input),
  }),
);

const EnvironmentSleepDepth = builder.enumType('EnvironmentSleepDepth', {
  description: 'How deep an environment is to sleep.',
  values: {
    LIGHT: { description: 'Its memory is kept: it wakes in tens of milliseconds.' },
    DEEP: { description: 'Its memory is given back: it is started again when somebody visits it.' },
  } as const,
});

const EnvironmentSleepInput = builder.inputType('EnvironmentSleepInput', {
  description: 'Input of environmentSleep.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    depth: t.field({ type: EnvironmentSleepDepth, description: 'LIGHT when absent.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const EnvironmentWakeInput = builder.inputType('EnvironmentWakeInput', {
  description: 'Input of environmentWake.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    keepAwakeMinutes: t.int({
      description:
        'It does not fall asleep by itself for so long: 0 to 10,080. 0 ends that; absent leaves it as it is. A plan that sends projects to sleep has 0 alone.',
    }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('environmentSleep', (t) =>
  t.field({
    type: payloadOf('environmentSleep'),
    nullable: true,
    description:
      'Puts what runs to sleep once nobody is served any more; the next visitor is held until it is awake. Where somebody goes on being served, or an edge does not tell, it stays awake: an `environment.stayed_awake` event says why.',
    args: { input: t.arg({ type: EnvironmentSleepInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => sleepEnvironment(context, input),
  }),
);

builder.mutationField('environmentWake', (t) =>
  t.field({
    type: payloadOf('environmentWake'),
    nullable: true,
    description: 'Wakes what sleeps before a visitor comes, and keeps it awake for as long as you say.',
    args: { input: t.arg({ type: EnvironmentWakeInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => wakeEnvironment(context, input),
  }),
);

builder.mutationField('environmentAutoDeployResume', (t) =>
  t.field({
    type: payloadOf('environmentAutoDeployResume'),
    nullable: true,
    description:
      'Lets what was held back by a rollback deploy by itself again. Where nothing is held back it changes nothing.',
    args: { input: t.arg({ type: inputOf('environmentAutoDeployResume'), required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => resumeAutoDeploy(context, input),
  }),
);
