import { signedIn, type Context } from '../../context.js';
import { performOnAccount } from '../perform-on-account.js';
import { found, requireId } from '../../lookup.js';
import { leave } from './leave.js';

export type SessionRevokeInput = { readonly sessionId: string; readonly idempotencyKey?: string | null };

/** Ends one session of the viewer's, this one or another. Streams that it opened end within seconds. */
export async function revokeSession(context: Context, input: SessionRevokeInput) {
  const { userId, credential } = signedIn(context);
  const act = { mutation: 'accountSessionRevoke', input } as const;
  const made = await performOnAccount(context, act, async (tx) => {
    const id = requireId('Session', input.sessionId);
    const { count } = await tx.session.deleteMany({ where: { id, userId } });
    found('Session', input.sessionId, count === 0 ? null : id);
    return { result: { sessionId: id }, audit: { target: input.sessionId } };
  });
  if (made.sessionId === credential.id) await leave(context);
  return made;
}
