import { ForbiddenError, IdempotencyError, InvalidStateError, ValidationError } from '@apployd/core/refusal';
import { builder } from '../../builder.js';
import { SignInPayload } from '../schema.js';
import { confirmTwoFactor } from './confirm.js';
import { disableTwoFactor } from './disable.js';
import { enableTwoFactor } from './enable.js';
import { renewRecoveryCodes } from './renew-recovery-codes.js';
import { verifySignIn } from './sign-in-verify.js';

const replayed = { description: 'An earlier call with the same idempotency key did it.' };
const codes = 'Each signs in once in place of a code of the authenticator. Shown now and never again; null on replay.';
const errors = { types: [ValidationError, InvalidStateError, ForbiddenError, IdempotencyError] };

const SignInVerifyInput = builder.inputType('AccountSignInVerifyInput', {
  description: 'Input of accountSignInVerify.',
  fields: (t) => ({
    challenge: t.string({ required: true, description: 'From accountSignIn.' }),
    code: t.string({ required: true, description: 'Six digits of the authenticator, or a recovery code.' }),
  }),
});

builder.mutationField('accountSignInVerify', (t) =>
  t.field({
    type: SignInPayload,
    nullable: true,
    description:
      'Starts the session that accountSignIn asked a code for. A code is taken once; after five wrong ones the password is asked for again.',
    args: { input: t.arg({ type: SignInVerifyInput, required: true }) },
    errors: { types: [ValidationError] },
    resolve: (_root, { input }, context) => verifySignIn(context, input),
  }),
);

const EnableInput = builder.inputType('AccountTwoFactorEnableInput', {
  description: 'Input of accountTwoFactorEnable.',
  fields: (t) => ({ password: t.string({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

const EnablePayload = builder
  .objectRef<Awaited<ReturnType<typeof enableTwoFactor>>>('AccountTwoFactorEnablePayload')
  .implement({
    description: 'Success of accountTwoFactorEnable.',
    fields: (t) => ({
      otpauthUri: t.exposeString('otpauthUri', {
        nullable: true,
        description: 'For the authenticator, as a QR code: it has the secret. Null on replay.',
      }),
      recoveryCodes: t.exposeStringList('recoveryCodes', { nullable: true, description: codes }),
      replayed: t.exposeBoolean('replayed', replayed),
    }),
  });

builder.mutationField('accountTwoFactorEnable', (t) =>
  t.field({
    type: EnablePayload,
    nullable: true,
    description: 'Begins with a second factor. It is asked for once accountTwoFactorConfirm has seen its first code.',
    args: { input: t.arg({ type: EnableInput, required: true }) },
    errors,
    resolve: (_root, { input }, context) => enableTwoFactor(context, input),
  }),
);

const ConfirmInput = builder.inputType('AccountTwoFactorConfirmInput', {
  description: 'Input of accountTwoFactorConfirm.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'What the authenticator shows.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

type Replayable = { readonly replayed: boolean };

const ConfirmPayload = builder.objectRef<Replayable>('AccountTwoFactorConfirmPayload').implement({
  description: 'Success of accountTwoFactorConfirm: signing in asks for a code from now on.',
  fields: (t) => ({ replayed: t.exposeBoolean('replayed', replayed) }),
});

builder.mutationField('accountTwoFactorConfirm', (t) =>
  t.field({
    type: ConfirmPayload,
    nullable: true,
    description: 'Turns the second factor on with its first code, and ends every other session.',
    args: { input: t.arg({ type: ConfirmInput, required: true }) },
    errors,
    resolve: (_root, { input }, context) => confirmTwoFactor(context, input),
  }),
);

const DisableInput = builder.inputType('AccountTwoFactorDisableInput', {
  description: 'Input of accountTwoFactorDisable.',
  fields: (t) => ({ password: t.string({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

const DisablePayload = builder.objectRef<Replayable>('AccountTwoFactorDisablePayload').implement({
  description: 'Success of accountTwoFactorDisable.',
  fields: (t) => ({ replayed: t.exposeBoolean('replayed', replayed) }),
});

builder.mutationField('accountTwoFactorDisable', (t) =>
  t.field({
    type: DisablePayload,
    nullable: true,
    description:
      'Turns the second factor off and ends every other session, or forgets one that was begun. Its recovery codes are worth nothing then.',
    args: { input: t.arg({ type: DisableInput, required: true }) },
    errors,
    resolve: (_root, { input }, context) => disableTwoFactor(context, input),
  }),
);

const RenewInput = builder.inputType('AccountRecoveryCodesRegenerateInput', {
  description: 'Input of accountRecoveryCodesRegenerate.',
  fields: (t) => ({ password: t.string({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

const RenewPayload = builder
  .objectRef<Awaited<ReturnType<typeof renewRecoveryCodes>>>('AccountRecoveryCodesRegeneratePayload')
  .implement({
    description: 'Success of accountRecoveryCodesRegenerate.',
    fields: (t) => ({
      recoveryCodes: t.exposeStringList('recoveryCodes', { nullable: true, description: codes }),
      replayed: t.exposeBoolean('replayed', replayed),
    }),
  });

builder.mutationField('accountRecoveryCodesRegenerate', (t) =>
  t.field({
    type: RenewPayload,
    nullable: true,
    description: 'Makes ten new recovery codes; those of before are worth nothing.',
    args: { input: t.arg({ type: RenewInput, required: true }) },
    errors,
    resolve: (_root, { input }, context) => renewRecoveryCodes(context, input),
  }),
);
