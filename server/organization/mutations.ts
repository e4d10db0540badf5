import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  PlanLimitError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { createOrganization } from './create.js';
import { leaveOrganization } from './leave.js';
import { organizationPayload } from './payload.js';
import { transferOrganization } from './transfer.js';
import { updateOrganization } from './update.js';

const OrganizationCreateInput = builder.inputType('OrganizationCreateInput', {
  description: 'Input of organizationCreate.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 100 characters.' }),
    slug: t.string({ description: 'Unique on this platform; made from the name when absent.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('organizationCreate', (t) =>
  t.field({
    type: organizationPayload('OrganizationCreatePayload', 'organizationCreate'),
    nullable: true,
    description:
      'Makes an organization with the caller as its owner. Only for people who have signed in: no token may.',
    args: { input: t.arg({ type: OrganizationCreateInput, required: true }) },
    errors: {
      types: [ValidationError, NotFoundError, ForbiddenError, ConflictError, PlanLimitError, IdempotencyError],
    },
    resolve: (_root, { input }, context) => createOrganization(context, input),
  }),
);

const OrganizationUpdateInput = builder.inputType('OrganizationUpdateInput', {
  description: 'Input of organizationUpdate. What is absent or null stays.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    name: t.string({ description: '1 to 100 characters.' }),
    slug: t.string({ description: 'Unique on this platform. Host names that were given out stay as they are.' }),
    expectedVersion: t.int({
      description: 'Refuses with ConflictError when the organization has another version by now.',
    }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('organizationUpdate', (t) =>
  t.field({
    type: organizationPayload('OrganizationUpdatePayload', 'organizationUpdate'),
    nullable: true,
    description: 'Gives an organization another name or slug. Role ADMIN, scope ORG_WRITE.',
    args: { input: t.arg({ type: OrganizationUpdateInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, ConflictError, IdempotencyError] },
    resolve: (_root, { input }, context) => updateOrganization(context, input),
  }),
);

const OrganizationLeaveInput = builder.inputType('OrganizationLeaveInput', {
  description: 'Input of organizationLeave.',
  fields: (t) => ({ organizationId: t.id({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

const OrganizationLeavePayload = builder
  .objectRef<Awaited<ReturnType<typeof leaveOrganization>>>('OrganizationLeavePayload')
  .implement({
    description: 'Success of organizationLeave.',
    fields: (t) => ({
      organizationId: t.exposeID('organizationId', { description: 'Of the organization, which is out of sight now.' }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('organizationLeave', (t) =>
  t.field({
    type: OrganizationLeavePayload,
    nullable: true,
    description:
      "Ends the caller's own membership, and the tokens made with it. The last owner cannot leave. Only for people who have signed in.",
    args: { input: t.arg({ type: OrganizationLeaveInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => leaveOrganization(context, input),
  }),
);

const OrganizationTransferInput = builder.inputType('OrganizationTransferInput', {
  description: 'Input of organizationTransfer.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    userId: t.id({ required: true, description: 'The member who is to be the owner.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('organizationTransfer', (t) =>
  t.field({
    type: organizationPayload('OrganizationTransferPayload', 'organizationTransfer'),
    nullable: true,
    description:
      'Hands an organization over: the member becomes an owner, the caller an admin. Role OWNER; only for people who have signed in.',
    args: { input: t.arg({ type: OrganizationTransferInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, IdempotencyError] },
    resolve: (_root, { input }, context) => transferOrganization(context, input),
  }),
);
