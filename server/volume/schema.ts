import { publicId } from '@apployd/core/id';
import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  PlanLimitError,
  ValidationError,
} from '@apployd/core/refusal';
import { volumeVariable } from '@apployd/core/volume';
import { builder } from '../builder.js';
import { createVolume } from './create.js';
import { deleteVolume } from './delete.js';
import { restoreVolume } from './restore.js';

builder.prismaObject('Volume', {
  description:
    'A directory of an environment that outlives instances and releases. What is in it is on one server, and one instance at a time writes into it: a deployment ends the former one first.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => publicId('Volume', id) }),
    name: t.exposeString('name', { description: 'Unique in the environment.' }),
    mountPath: t.exposeString('mountPath', { description: 'Where instances find it.' }),
    variable: t.string({
      description:
        'The variable that tells the app where it is: the mount path, or its folder where releases run as plain processes.',
      resolve: ({ name }) => volumeVariable(name),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    deletesAt: t.expose('deletesAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is erased with all that is in it; null while nobody has deleted it.',
    }),
  }),
});

type Done = { readonly volumeId: string; readonly replayed: boolean };

const payloadOf = (name: string, mutation: string) =>
  builder.objectRef<Done>(name).implement({
    description: `Success of ${mutation}.`,
    fields: (t) => ({
      volume: t.prismaField({
        type: 'Volume',
        resolve: (query, { volumeId }, _args, { db }) =>
          db.volume.findUniqueOrThrow({ ...query, where: { id: volumeId } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

const VolumeCreateInput = builder.inputType('VolumeCreateInput', {
  description: 'Input of volumeCreate.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    name: t.string({ required: true, description: '1 to 32 characters of a-z, 0-9 and dashes.' }),
    mountPath: t.string({
      required: true,
      description: 'Absolute, such as /data; no folder of the system, and none in another volume.',
    }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('volumeCreate', (t) =>
  t.field({
    type: payloadOf('VolumeCreatePayload', 'volumeCreate'),
    nullable: true,
    description:
      'Gives an environment a directory that outlives releases. What is started from now on has it, by a deployment or environmentRestart. From then on a deployment ends the former release before it starts the new one.',
    args: { input: t.arg({ type: VolumeCreateInput, required: true }) },
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
    resolve: (_root, { input }, context) => createVolume(context, input),
  }),
);

const VolumeDeleteInput = builder.inputType('VolumeDeleteInput', {
  description: 'Input of volumeDelete.',
  fields: (t) => ({
    volumeId: t.id({ required: true }),
    confirmName: t.string({ required: true, description: "Must be the volume's name." }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('volumeDelete', (t) =>
  t.field({
    type: payloadOf('VolumeDeletePayload', 'volumeDelete'),
    nullable: true,
    description:
      'What is started from now on is without it. It is erased with all that is in it after 72 hours, once nothing uses it any more; volumeRestore undoes it until then.',
    args: { input: t.arg({ type: VolumeDeleteInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => deleteVolume(context, input),
  }),
);

const VolumeRestoreInput = builder.inputType('VolumeRestoreInput', {
  description: 'Input of volumeRestore.',
  fields: (t) => ({ volumeId: t.id({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

builder.mutationField('volumeRestore', (t) =>
  t.field({
    type: payloadOf('VolumeRestorePayload', 'volumeRestore'),
    nullable: true,
    description: 'Brings a deleted volume back before it is erased, with all that is in it.',
    args: { input: t.arg({ type: VolumeRestoreInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, ConflictError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => restoreVolume(context, input),
  }),
);
