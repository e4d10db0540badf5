import { publicId } from '@apployd/core/id';
import { InvalidStateError } from '@apployd/core/refusal';
import { asPerson } from '../../access/perform.js';
import type { Context } from '../../context.js';
import { performOnAccount } from '../perform-on-account.js';
import { queueVerification } from './queue-verification.js';

/** Sends the viewer another link that verifies their address. */
export async function sendVerification(context: Context, input: { readonly idempotencyKey?: string | null }) {
  const { userId } = await asPerson(context, 'accountVerificationSend');
  await context.attempts.verification(userId);
  const act = { mutation: 'accountVerificationSend', input } as const;
  return performOnAccount(context, act, async (tx) => {
    const where = { id: userId };
    const { email, emailVerified } = await tx.user.findUniqueOrThrow({ where });
    if (emailVerified) throw new InvalidStateError(`${email} is verified already.`, 'VERIFIED', ['UNVERIFIED']);
    await queueVerification(tx, context, userId, email);
    return { result: { sentTo: email }, audit: { target: publicId('User', userId), after: { sentTo: email } } };
  });
}
