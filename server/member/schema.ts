import {
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { organizationPayload } from '../organization/payload.js';
import { OrganizationRoleRef } from '../organization/role.js';
import { removeMember } from './remove.js';
import { setMemberRole } from './set-role.js';

builder.prismaObject('Membership', {
  name: 'Member',
  description: 'A person in an organization.',
  fields: (t) => ({
    user: t.relation('user'),
    role: t.expose('role', { type: OrganizationRoleRef }),
    joinedAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});

const MemberRoleSetInput = builder.inputType('MemberRoleSetInput', {
  description: 'Input of memberRoleSet.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    userId: t.id({ required: true }),
    role: t.field({ type: OrganizationRoleRef, required: true }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('memberRoleSet', (t) =>
  t.field({
    type: organizationPayload('MemberRoleSetPayload', 'memberRoleSet'),
    nullable: true,
    description:
      'Gives a member another role. Role ADMIN, scope ORG_WRITE. Making and unmaking owners takes an owner who has signed in; one always remains.',
    args: { input: t.arg({ type: MemberRoleSetInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => setMemberRole(context, input),
  }),
);

const MemberRemoveInput = builder.inputType('MemberRemoveInput', {
  description: 'Input of memberRemove.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    userId: t.id({ required: true, description: 'Somebody else: one leaves with organizationLeave.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('memberRemove', (t) =>
  t.field({
    type: organizationPayload('MemberRemovePayload', 'memberRemove'),
    nullable: true,
    description:
      'Takes a member out. What they follow ends within 5 seconds; the tokens that they made are revoked, and so are the invitations that they sent. Role ADMIN, scope ORG_WRITE; for an owner, an owner who has signed in.',
    args: { input: t.arg({ type: MemberRemoveInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => removeMember(context, input),
  }),
);
