import { ForbiddenError, IdempotencyError, ValidationError } from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { profileOf, type Profile } from './profile.js';
import { ViewerRef } from './schema.js';
import { countRecoveryCodes } from './second-factor/count-recovery-codes.js';
import { updateAccount } from './update.js';

const AccountRef = builder.objectRef<Profile>('Account').implement({
  description: "What only the person themself sees of their account. No token's business.",
  fields: (t) => ({
    isEmailVerified: t.exposeBoolean('isEmailVerified', {
      description: 'The link that was sent to the address was opened.',
    }),
    isOperator: t.exposeBoolean('isOperator', { description: 'Runs this platform: its servers and plans.' }),
    hasTwoFactor: t.exposeBoolean('hasTwoFactor', { description: 'Signing in asks for a code besides the password.' }),
    recoveryCodesLeft: t.int({
      nullable: true,
      description: 'How many of them can still be used; null without a second factor.',
      resolve: ({ userId, hasTwoFactor }, _args, context) =>
        hasTwoFactor ? countRecoveryCodes(context, userId) : null,
    }),
  }),
});

builder.objectField(ViewerRef, 'account', (t) =>
  t.field({ type: AccountRef, resolve: ({ userId }, _args, context) => profileOf(context, userId) }),
);

const UpdateInput = builder.inputType('AccountUpdateInput', {
  description: 'Input of accountUpdate. What is absent stays as it is.',
  fields: (t) => ({
    name: t.string({ description: 'What others see; 1 to 100 characters.' }),
    email: t.string({ description: 'Another address. It takes effect when the link that is sent to it is opened.' }),
    password: t.string({ description: 'The current one; needed for another address.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const UpdatePayload = builder.objectRef<Awaited<ReturnType<typeof updateAccount>>>('AccountUpdatePayload').implement({
  description: 'Success of accountUpdate.',
  fields: (t) => ({
    viewer: t.field({ type: ViewerRef, resolve: (_made, _args, context) => signedIn(context) }),
    verificationSentTo: t.exposeString('verificationSentTo', {
      nullable: true,
      description: 'Where a link was sent that makes this the address; null when the address stays.',
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
  }),
});

builder.mutationField('accountUpdate', (t) =>
  t.field({
    type: UpdatePayload,
    nullable: true,
    description: 'Changes the name, and asks the new address whether it is yours.',
    args: { input: t.arg({ type: UpdateInput, required: true }) },
    errors: { types: [ValidationError, ForbiddenError, IdempotencyError] },
    resolve: (_root, { input }, context) => updateAccount(context, input),
  }),
);
