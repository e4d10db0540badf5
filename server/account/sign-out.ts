import type { Context } from '../context.js';
import { onlyCredentials } from './authenticate.js';

/** Ends the session that the request came with. Without one there is nothing to end, which is as good. */
export async function signOut(context: Context): Promise<{ signedOut: boolean }> {
  const credential = context.viewer?.credential;
  if (credential?.kind === 'session') await context.db.session.deleteMany({ where: { id: credential.id } });
  const { headers } = await context.auth.api.signOut({
    headers: onlyCredentials(context.headers),
    returnHeaders: true,
  });
  context.setCookies(headers.getSetCookie());
  context.viewer = null;
  return { signedOut: true };
}
