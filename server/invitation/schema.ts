import {
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  PlanLimitError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { organizationPayload } from '../organization/payload.js';
import { OrganizationRoleRef } from '../organization/role.js';
import { acceptAsViewer } from './accept.js';
import { inviteMember } from './invite.js';
import { previewInvitation, type InvitationPreview } from './preview.js';
import { revokeInvitation } from './revoke.js';
import { InvitationState, stateOf, stateSelection } from './state.js';

export const InvitationNode = builder.prismaNode('Invitation', {
  description: 'A way into an organization that was sent by mail.',
  id: { field: 'id' },
  fields: (t) => ({
    email: t.exposeString('email'),
    role: t.expose('role', { type: OrganizationRoleRef, description: 'What the person will be.' }),
    state: t.field({ type: InvitationState, select: stateSelection, resolve: stateOf }),
    organization: t.relation('organization'),
    invitedBy: t.relation('invitedBy', { nullable: true, description: 'Null when the person is gone.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'A week after it was sent.' }),
  }),
});

const InvitationPreviewRef = builder.objectRef<InvitationPreview>('InvitationPreview').implement({
  description: "What whoever holds an invitation's link may know of it, signed in or not.",
  fields: (t) => ({
    organizationName: t.exposeString('organizationName'),
    inviterName: t.exposeString('inviterName', { nullable: true }),
    role: t.expose('role', { type: OrganizationRoleRef }),
    emailHint: t.exposeString('emailHint', {
      description: 'The address that it was sent to, such as a•••@example.com.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    state: t.expose('state', { type: InvitationState }),
  }),
});

builder.queryField('invitation', (t) =>
  t.field({
    type: InvitationPreviewRef,
    nullable: true,
    args: { secret: t.arg.string({ required: true }) },
    description:
      "For the page behind an invitation's link, by the secret in it. Null when there is none. Needs no session.",
    resolve: (_root, { secret }, context) => previewInvitation(context, secret),
  }),
);

const MemberInviteInput = builder.inputType('MemberInviteInput', {
  description: 'Input of memberInvite.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    email: t.string({ required: true }),
    role: t.field({ type: OrganizationRoleRef, required: true }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

type Done = { readonly invitationId: string; readonly organizationId: string; readonly replayed: boolean };

const payload = (name: string, mutation: string) =>
  builder.objectRef<Done>(name).implement({
    description: `Success of ${mutation}.`,
    fields: (t) => ({
      invitation: t.prismaField({
        type: 'Invitation',
        resolve: (query, { invitationId }, _args, { db }) =>
          db.invitation.findUniqueOrThrow({ ...query, where: { id: invitationId } }),
      }),
      organization: t.prismaField({
        type: 'Organization',
        resolve: (query, { organizationId }, _args, { db }) =>
          db.organization.findUniqueOrThrow({ ...query, where: { id: organizationId } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('memberInvite', (t) =>
  t.field({
    type: payload('MemberInvitePayload', 'memberInvite'),
    nullable: true,
    description:
      'Sends an invitation by mail, good for 7 days. An earlier one to the same address is revoked. Role ADMIN, scope ORG_WRITE; for an owner, an owner who has signed in.',
    args: { input: t.arg({ type: MemberInviteInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, PlanLimitError, IdempotencyError] },
    resolve: (_root, { input }, context) => inviteMember(context, input),
  }),
);

const InvitationRevokeInput = builder.inputType('InvitationRevokeInput', {
  description: 'Input of invitationRevoke.',
  fields: (t) => ({ invitationId: t.id({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

builder.mutationField('invitationRevoke', (t) =>
  t.field({
    type: payload('InvitationRevokePayload', 'invitationRevoke'),
    nullable: true,
    description: 'Takes an invitation back. Role ADMIN, scope ORG_WRITE; of an owner, an owner who has signed in.',
    args: { input: t.arg({ type: InvitationRevokeInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => revokeInvitation(context, input),
  }),
);

const InvitationAcceptInput = builder.inputType('InvitationAcceptInput', {
  description: 'Input of invitationAccept.',
  fields: (t) => ({
    secret: t.string({ required: true, description: "The last part of the link in the invitation's mail." }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('invitationAccept', (t) =>
  t.field({
    type: organizationPayload('InvitationAcceptPayload', 'invitationAccept'),
    nullable: true,
    description:
      'Makes the caller a member. The invitation must have been sent to the address of their account: a link that was passed on opens nothing. Only for people who have signed in.',
    args: { input: t.arg({ type: InvitationAcceptInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => acceptAsViewer(context, input),
  }),
);
