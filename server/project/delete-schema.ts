import {
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  PlanLimitError,
  ValidationError,
} from '@apployd/core/refusal';
import { poolOf, poolSelection } from '../allocation/pool.js';
import { ResourcePoolRef } from '../allocation/schema.js';
import { builder } from '../builder.js';
import { deleteProject } from './delete.js';
import { restoreProject } from './restore.js';

const ProjectDeleteInput = builder.inputType('ProjectDeleteInput', {
  description: 'Input of projectDelete.',
  fields: (t) => ({
    projectId: t.id({ required: true }),
    confirmSlug: t.string({ required: true, description: "Must be the project's slug." }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const ProjectRestoreInput = builder.inputType('ProjectRestoreInput', {
  description: 'Input of projectRestore.',
  fields: (t) => ({ projectId: t.id({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

const ProjectDeletePayload = builder.objectRef<Awaited<ReturnType<typeof deleteProject>>>('ProjectDeletePayload');
ProjectDeletePayload.implement({
  description: 'Success of projectDelete.',
  fields: (t) => ({
    project: t.prismaField({
      type: 'Project',
      resolve: (query, { projectId }, _args, { db }) =>
        db.project.findUniqueOrThrow({ ...query, where: { id: projectId } }),
    }),
    pool: t.field({
      type: ResourcePoolRef,
      description: "The organization's pool, with what the project held.",
      resolve: async ({ organizationId }, _args, { db }) =>
        poolOf(await db.organization.findUniqueOrThrow({ where: { id: organizationId }, select: poolSelection })),
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
  }),
});

builder.mutationField('projectDelete', (t) =>
  t.field({
    type: ProjectDeletePayload,
    nullable: true,
    description:
      'Stops a project at once and frees its slice. It is erased after 72 hours; projectRestore undoes it until then.',
    args: { input: t.arg({ type: ProjectDeleteInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => deleteProject(context, input),
  }),
);

const ProjectRestorePayload = builder.objectRef<Awaited<ReturnType<typeof restoreProject>>>('ProjectRestorePayload');
ProjectRestorePayload.implement({
  description: 'Success of projectRestore.',
  fields: (t) => ({
    project: t.prismaField({
      type: 'Project',
      resolve: (query, { projectId }, _args, { db }) =>
        db.project.findUniqueOrThrow({ ...query, where: { id: projectId } }),
    }),
    sliceRestored: t.exposeBoolean('sliceRestored', {
      description:
        'False: the pool has no room for its slice any more. Give it one with allocationsSet, and what ran before comes back.',
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
  }),
});

builder.mutationField('projectRestore', (t) =>
  t.field({
    type: ProjectRestorePayload,
    nullable: true,
    description:
      'Brings a deleted project back before it is erased, with its slice where it still fits and what ran before.',
    args: { input: t.arg({ type: ProjectRestoreInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, PlanLimitError, IdempotencyError] },
    resolve: (_root, { input }, context) => restoreProject(context, input),
  }),
);
