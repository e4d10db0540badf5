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
import type { Resize } from '../allocation/fit-instances.js';
import { builder } from '../builder.js';
import { createEnvironment } from './create.js';
import { deleteEnvironment } from './delete.js';
import { EnvironmentKindRef } from './kind.js';
import { EnvironmentResizeRef, reachedResizes } from './resize.js';
import { restoreEnvironment } from './restore.js';

type Done = { readonly environmentId: string; readonly resizes: readonly Resize[]; readonly replayed: boolean };

const payloadOf = (name: string, mutation: string) =>
  builder.objectRef<Done>(name).implement({
    description: `Success of ${mutation}.`,
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

const EnvironmentCreateInput = builder.inputType('EnvironmentCreateInput', {
  description: 'Input of environmentCreate.',
  fields: (t) => ({
    projectId: t.id({ required: true }),
    slug: t.string({ required: true, description: 'Unique in the project, such as staging; part of the host name.' }),
    kind: t.field({ type: EnvironmentKindRef, description: 'STAGING when absent; PRODUCTION is refused.' }),
    copyFromId: t.id({
      description:
        'An environment of the project whose variables it begins with, secret ones among them. Needs VARIABLE_WRITE besides.',
    }),
    instances: t.int({ description: '1 to 20; 1 when absent.' }),
    memoryBytes: t.field({
      type: 'SafeInt',
      description:
        "Of one instance: at least 64 MiB, a multiple of 1 MiB. Absent: an equal share of what the project's slice has left.",
    }),
    cpuMillicores: t.int({ description: 'Of one instance: at least 50. Absent: as memoryBytes.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('environmentCreate', (t) =>
  t.field({
    type: payloadOf('EnvironmentCreatePayload', 'environmentCreate'),
    nullable: true,
    description:
      "Makes another running copy of a project, with its own address and variables. What it is to run counts against the project's slice: environments that share the slice get less by that.",
    args: { input: t.arg({ type: EnvironmentCreateInput, required: true }) },
    errors: {
      types: [
        ValidationError,
        NotFoundError,
        ForbiddenError,
        ConflictError,
        InvalidStateError,
        QuotaExceededError,
        PlanLimitError,
        IdempotencyError,
      ],
    },
    resolve: (_root, { input }, context) => createEnvironment(context, input),
  }),
);

const EnvironmentDeleteInput = builder.inputType('EnvironmentDeleteInput', {
  description: 'Input of environmentDelete.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    confirmSlug: t.string({ required: true, description: "Must be the environment's slug." }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('environmentDelete', (t) =>
  t.field({
    type: payloadOf('EnvironmentDeletePayload', 'environmentDelete'),
    nullable: true,
    description:
      'Stops an environment at once and gives its share of the slice to the others. It is erased after 72 hours, with its releases, variables, volumes and logs; environmentRestore undoes it until then. The production environment goes with its project alone.',
    args: { input: t.arg({ type: EnvironmentDeleteInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => deleteEnvironment(context, input),
  }),
);

const EnvironmentRestoreInput = builder.inputType('EnvironmentRestoreInput', {
  description: 'Input of environmentRestore.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('environmentRestore', (t) =>
  t.field({
    type: payloadOf('EnvironmentRestorePayload', 'environmentRestore'),
    nullable: true,
    description:
      "Brings a deleted environment back before it is erased, and what was live in it, where the project's slice still has room.",
    args: { input: t.arg({ type: EnvironmentRestoreInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, QuotaExceededError, IdempotencyError] },
    resolve: (_root, { input }, context) => restoreEnvironment(context, input),
  }),
);
