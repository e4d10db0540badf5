import { ForbiddenError, IdempotencyError, ValidationError } from '@apployd/core/refusal';
import { builder } from '../../builder.js';
import { changePassword } from './change.js';
import { requestReset } from './request-reset.js';
import { resetPassword } from './reset.js';

const passwordRule = '10 to 128 characters, of any kind.';

const ChangeInput = builder.inputType('AccountPasswordChangeInput', {
  description: 'Input of accountPasswordChange.',
  fields: (t) => ({
    currentPassword: t.string({ required: true }),
    newPassword: t.string({ required: true, description: passwordRule }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const ChangePayload = builder
  .objectRef<Awaited<ReturnType<typeof changePassword>>>('AccountPasswordChangePayload')
  .implement({
    description: 'Success of accountPasswordChange.',
    fields: (t) => ({
      endedSessions: t.exposeInt('endedSessions', { description: 'How many others there were.' }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('accountPasswordChange', (t) =>
  t.field({
    type: ChangePayload,
    nullable: true,
    description:
      'Changes the password and ends every other session, sign-ins that wait for a code and a change of address that waits for its link. API tokens stay: revoke them one by one.',
    args: { input: t.arg({ type: ChangeInput, required: true }) },
    errors: { types: [ValidationError, ForbiddenError, IdempotencyError] },
    resolve: (_root, { input }, context) => changePassword(context, input),
  }),
);

const ResetRequestInput = builder.inputType('AccountPasswordResetRequestInput', {
  description: 'Input of accountPasswordResetRequest.',
  fields: (t) => ({ email: t.string({ required: true }) }),
});

const ResetRequestPayload = builder.objectRef<{ accepted: boolean }>('AccountPasswordResetRequestPayload').implement({
  description: 'Success of accountPasswordResetRequest: the same whether there is such an account or not.',
  fields: (t) => ({ accepted: t.exposeBoolean('accepted') }),
});

builder.mutationField('accountPasswordResetRequest', (t) =>
  t.field({
    type: ResetRequestPayload,
    nullable: true,
    description:
      'Sends a link with which to choose a new password, where the address has an account. The link works once, for an hour. Needs no session; to ask again does no harm, so it takes no idempotency key.',
    args: { input: t.arg({ type: ResetRequestInput, required: true }) },
    errors: { types: [ValidationError] },
    resolve: (_root, { input }, context) => requestReset(context, input),
  }),
);

const ResetInput = builder.inputType('AccountPasswordResetInput', {
  description: 'Input of accountPasswordReset.',
  fields: (t) => ({
    token: t.string({ required: true, description: 'From the link.' }),
    newPassword: t.string({ required: true, description: passwordRule }),
  }),
});

const ResetPayload = builder.objectRef<{ reset: boolean }>('AccountPasswordResetPayload').implement({
  description: 'Success of accountPasswordReset. Sign in with the new password.',
  fields: (t) => ({ reset: t.exposeBoolean('reset') }),
});

builder.mutationField('accountPasswordReset', (t) =>
  t.field({
    type: ResetPayload,
    nullable: true,
    description:
      'Sets another password by a link from a mail, and ends every session. A second factor stays. Needs no session, and no idempotency key: the link works once.',
    args: { input: t.arg({ type: ResetInput, required: true }) },
    errors: { types: [ValidationError] },
    resolve: (_root, { input }, context) => resetPassword(context, input),
  }),
);
