import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  ValidationError,
} from '@apployd/core/refusal';
import { variableContext } from '@apployd/core/variable';
import { builder } from '../builder.js';
import { FieldIssueRef } from '../refusal/schema.js';
import { setVariables } from './set.js';

builder.prismaObject('Variable', {
  description: 'An environment variable, handed to the app when it starts.',
  fields: (t) => ({
    key: t.exposeString('key'),
    isSecret: t.exposeBoolean('isSecret'),
    value: t.string({
      nullable: true,
      description: 'Null for secrets: nobody reads them again.',
      resolve: ({ isSecret, organizationId, sealedValue, environmentId, key }, _args, { keyring }) =>
        isSecret ? null : keyring.open(organizationId, sealedValue, variableContext(environmentId, key)),
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    updatedBy: t.relation('updatedBy', { nullable: true }),
  }),
});

const VariablesVersion = builder.prismaObject('VariablesVersion', {
  description: "What became of an environment's variables with one version: names, never values.",
  fields: (t) => ({
    version: t.exposeInt('version'),
    set: t.exposeStringList('set', { description: 'Keys that were given a value.' }),
    removed: t.exposeStringList('removed'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    createdBy: t.relation('createdBy', { nullable: true, description: 'Null when the person is gone.' }),
  }),
});

export const VariablesVersionConnection = builder.connectionObject(
  { type: VariablesVersion, name: 'VariablesVersionConnection', description: 'A page of VariablesVersion.' },
  { name: 'VariablesVersionEdge', description: 'A VariablesVersion on a page.' },
);

const VariableInput = builder.inputType('VariableInput', {
  description: 'One variable to set or remove.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'Letters, digits and _, starting with a letter or _.' }),
    value: t.string({ description: 'At most 64 KiB; null removes the variable.' }),
    isSecret: t.boolean({
      description:
        'Never shown again, masked in logs, and kept from builds, which are handed the others. Left out, it stays what it was, and is true for a new key.',
    }),
  }),
});

const VariablesSetInput = builder.inputType('VariablesSetInput', {
  description: 'Input of variablesSet.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    variables: t.field({
      type: [VariableInput],
      required: true,
      description: '1 to 500, each key once; others stay as they are, unless replaceAll.',
    }),
    replaceAll: t.boolean({
      defaultValue: false,
      description: 'Removes whatever is not named, secrets too; with no variables: all.',
    }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
    expectedVersion: t.int({ description: 'Refuses with ConflictError when variablesVersion is another by now.' }),
  }),
});

const VariablesSetPayload = builder
  .objectRef<Awaited<ReturnType<typeof setVariables>>>('VariablesSetPayload')
  .implement({
    description: 'Success of variablesSet.',
    fields: (t) => ({
      environment: t.prismaField({
        type: 'Environment',
        resolve: (query, { environmentId }, _args, { db }) =>
          db.environment.findUniqueOrThrow({ ...query, where: { id: environmentId } }),
      }),
      warnings: t.field({
        type: [FieldIssueRef],
        description:
          'What was done as asked and may surprise: a secret that is TOO_SHORT_TO_MASK in logs, or one that is NO_LONGER_SECRET.',
        resolve: ({ warnings }) => warnings,
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('variablesSet', (t) =>
  t.field({
    type: VariablesSetPayload,
    nullable: true,
    description: 'Sets and removes variables, all or none. They take effect with the next deployment.',
    args: { input: t.arg({ type: VariablesSetInput, required: true }) },
    errors: {
      types: [ValidationError, NotFoundError, ForbiddenError, ConflictError, InvalidStateError, IdempotencyError],
    },
    resolve: (_root, { input }, context) => setVariables(context, input),
  }),
);
