import { publicId } from '@apployd/core/id';
import {
  CapacityError,
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  PlanLimitError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { addDomain } from './add.js';
import { recheckDomain } from './recheck.js';
import { removeDomain } from './remove.js';

type Done = { readonly domainId: string; readonly replayed: boolean };

const payloadOf = (name: string, mutation: string) =>
  builder.objectRef<Done>(name).implement({
    description: `Success of ${mutation}.`,
    fields: (t) => ({
      domain: t.prismaField({
        type: 'Domain',
        nullable: true,
        description: 'Null on replay when it was removed since.',
        resolve: (query, { domainId }, _args, { db }) => db.domain.findUnique({ ...query, where: { id: domainId } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

const DomainAddInput = builder.inputType('DomainAddInput', {
  description: 'Input of domainAdd.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    name: t.string({ required: true, description: 'Such as example.com, www.example.com or *.example.com.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('domainAdd', (t) =>
  t.field({
    type: payloadOf('DomainAddPayload', 'domainAdd'),
    nullable: true,
    description:
      'Claims a name of your own for an environment: `records` says what to set at its provider, and from now on that is looked for. The first organization that proves a name holds it.',
    args: { input: t.arg({ type: DomainAddInput, required: true }) },
    errors: {
      types: [
        ValidationError,
        NotFoundError,
        ForbiddenError,
        ConflictError,
        InvalidStateError,
        PlanLimitError,
        IdempotencyError,
      ],
    },
    resolve: (_root, { input }, context) => addDomain(context, input),
  }),
);

const DomainRecheckInput = builder.inputType('DomainRecheckInput', {
  description: 'Input of domainRecheck.',
  fields: (t) => ({ domainId: t.id({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

builder.mutationField('domainRecheck', (t) =>
  t.field({
    type: payloadOf('DomainRecheckPayload', 'domainRecheck'),
    nullable: true,
    description:
      'Has a domain looked at now, and often for an hour from now on. Once in 60 seconds; before that it is refused with CapacityError.',
    args: { input: t.arg({ type: DomainRecheckInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, CapacityError, IdempotencyError] },
    resolve: (_root, { input }, context) => recheckDomain(context, input),
  }),
);

const DomainRemoveInput = builder.inputType('DomainRemoveInput', {
  description: 'Input of domainRemove.',
  fields: (t) => ({ domainId: t.id({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

const DomainRemovePayload = builder
  .objectRef<Awaited<ReturnType<typeof removeDomain>>>('DomainRemovePayload')
  .implement({
    description: 'Success of domainRemove.',
    fields: (t) => ({
      removedId: t.id({ resolve: ({ removedId }) => removedId }),
      environmentId: t.id({ resolve: ({ environmentId }) => publicId('Environment', environmentId) }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('domainRemove', (t) =>
  t.field({
    type: DomainRemovePayload,
    nullable: true,
    description: 'The name leads nowhere from then on, and is free for whoever proves that it is theirs.',
    args: { input: t.arg({ type: DomainRemoveInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, IdempotencyError] },
    resolve: (_root, { input }, context) => removeDomain(context, input),
  }),
);
