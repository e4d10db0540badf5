import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../../builder.js';
import { sendVerification } from './send-verification.js';
import { verifyEmail } from './verify.js';

const VerifyInput = builder.inputType('AccountEmailVerifyInput', {
  description: 'Input of accountEmailVerify.',
  fields: (t) => ({ token: t.string({ required: true, description: 'From the link.' }) }),
});

const VerifyPayload = builder.objectRef<{ email: string }>('AccountEmailVerifyPayload').implement({
  description: 'Success of accountEmailVerify.',
  fields: (t) => ({ email: t.exposeString('email', { description: "The person's address from now on, verified." }) }),
});

builder.mutationField('accountEmailVerify', (t) =>
  t.field({
    type: VerifyPayload,
    nullable: true,
    description:
      'Verifies the address that a link was sent to; where the person has asked for another address, it becomes that. Takes a session of the account that the link was sent for, and no idempotency key: the link works once, for a day.',
    args: { input: t.arg({ type: VerifyInput, required: true }) },
    errors: { types: [ValidationError, ForbiddenError, ConflictError] },
    resolve: (_root, { input }, context) => verifyEmail(context, input),
  }),
);

const SendInput = builder.inputType('AccountVerificationSendInput', {
  description: 'Input of accountVerificationSend.',
  fields: (t) => ({ idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

const SendPayload = builder
  .objectRef<Awaited<ReturnType<typeof sendVerification>>>('AccountVerificationSendPayload')
  .implement({
    description: 'Success of accountVerificationSend.',
    fields: (t) => ({
      sentTo: t.exposeString('sentTo'),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('accountVerificationSend', (t) =>
  t.field({
    type: SendPayload,
    nullable: true,
    description: 'Sends another link that verifies your address. Those that were sent before stay good for their day.',
    args: { input: t.arg({ type: SendInput, required: true }) },
    errors: { types: [InvalidStateError, ForbiddenError, IdempotencyError] },
    resolve: (_root, { input }, context) => sendVerification(context, input),
  }),
);
