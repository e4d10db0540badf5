import { largestSlice, leftOver } from '@apployd/core/allocation';
import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  QuotaExceededError,
  ValidationError,
} from '@apployd/core/refusal';
import { sumResources } from '@apployd/core/resources';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { EnvironmentResizeRef, reachedResizes } from '../environment/resize.js';
import { ResourcesInput, ResourcesRef } from '../resources/schema.js';
import { limitsOf, type Pool } from './pool.js';
import { setAllocations } from './set.js';

// Its fields look only at its own columns: a dry run shows slices that no table holds.
const AllocationRef = builder.prismaNode('Allocation', {
  description: 'The slice of the pool that a project may use.',
  id: { field: 'id' },
  fields: (t) => ({
    project: t.prismaField({
      type: 'Project',
      resolve: (query, { projectId }, _args, { db }) =>
        db.project.findUniqueOrThrow({ ...query, where: { id: projectId } }),
    }),
    limits: t.field({ type: ResourcesRef, resolve: limitsOf }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    updatedBy: t.prismaField({
      type: 'User',
      nullable: true,
      resolve: (query, { updatedById }, _args, { db }) =>
        updatedById === null ? null : db.user.findUnique({ ...query, where: { id: updatedById } }),
    }),
  }),
});

export const ResourcePoolRef = builder.objectRef<Pool>('ResourcePool').implement({
  description: 'What an organization has to divide among its projects: total = allocated + available.',
  fields: (t) => ({
    total: t.field({ type: ResourcesRef, resolve: ({ total }) => total }),
    allocated: t.field({ type: ResourcesRef, resolve: ({ allocations }) => sumResources(allocations.map(limitsOf)) }),
    available: t.field({
      type: ResourcesRef,
      resolve: ({ total, allocations }) => leftOver(total, allocations.map(limitsOf)),
    }),
    largestSlice: t.field({
      type: ResourcesRef,
      description: 'The most that one project may hold: half of each resource.',
      resolve: ({ total }) => largestSlice(total),
    }),
    allocations: t.field({
      type: [AllocationRef],
      resolve: ({ allocations }, _args, context) => allocations.filter(within(signedIn(context).below.Allocation)),
    }),
    version: t.exposeInt('version', {
      description: 'Goes up with every new division; give it as expectedPoolVersion.',
    }),
  }),
});

const AllocationChangeInput = builder.inputType('AllocationChangeInput', {
  description: "One project's new slice.",
  fields: (t) => ({
    projectId: t.id({ required: true }),
    limits: t.field({ type: ResourcesInput, description: 'Null frees the slice.' }),
  }),
});

const AllocationsSetInput = builder.inputType('AllocationsSetInput', {
  description: 'Input of allocationsSet.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    changes: t.field({ type: [AllocationChangeInput], required: true, description: '1 to 50, each project once.' }),
    expectedPoolVersion: t.int({ description: 'Refuses with ConflictError when the pool has another version by now.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
    dryRun: t.boolean({ defaultValue: false, description: 'Only shows what the pool would be.' }),
  }),
});

const AllocationsSetPayload = builder
  .objectRef<Awaited<ReturnType<typeof setAllocations>>>('AllocationsSetPayload')
  .implement({
    description: 'Success of allocationsSet.',
    fields: (t) => ({
      pool: t.field({ type: ResourcePoolRef, resolve: ({ pool }) => pool }),
      allocations: t.field({
        type: [AllocationRef],
        description: 'The slices that were set; freed ones are gone.',
        resolve: ({ allocations }) => allocations,
      }),
      resizes: t.field({
        type: [EnvironmentResizeRef],
        description: 'The environments whose running instances get other limits, and how.',
        resolve: ({ resizes }, _args, context) => reachedResizes(context, resizes),
      }),
      applied: t.exposeBoolean('applied', { description: 'False for a dry run.' }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('allocationsSet', (t) =>
  t.field({
    type: AllocationsSetPayload,
    nullable: true,
    description:
      'Moves slices of the pool between projects: all or nothing, in any order. What runs in them gets its new limits in place where that is possible, else by new instances beside the old ones.',
    args: { input: t.arg({ type: AllocationsSetInput, required: true }) },
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
    resolve: (_root, { input }, context) => setAllocations(context, input),
  }),
);

/** A token for one project sees how much the others hold together, not what each holds. */
function within({ projectId }: { readonly projectId?: string }) {
  return (allocation: { readonly projectId: string }) => projectId === undefined || allocation.projectId === projectId;
}
