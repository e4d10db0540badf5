import { publicId } from '@apployd/core/id';
import { recordAudit } from '../audit/record.js';
import type { Context } from '../context.js';
import { leave } from './session/leave.js';

/** Ends the session that the request came with. Without one there is nothing to end, which is as good. */
export async function signOut(context: Context): Promise<{ signedOut: boolean }> {
  const { viewer } = context;
  if (viewer?.credential.kind === 'session') {
    const { id } = viewer.credential;
    await context.db.$transaction(async (tx) => {
      const { count } = await tx.session.deleteMany({ where: { id } });
      if (count === 0) return;
      const target = publicId('Session', id);
      await recordAudit(tx, { organizationId: null, action: 'account.signedOut', by: viewer, from: context, target });
    });
  }
  await leave(context);
  return { signedOut: true };
}
