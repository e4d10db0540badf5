import type { Context } from '../../context.js';
import { onlyCredentials } from '../authenticate.js';

/** Takes a browser's cookies back once its session has ended, and makes nobody the viewer of the rest of the document. */
export async function leave(context: Context): Promise<void> {
  const { headers } = await context.auth.api.signOut({
    headers: onlyCredentials(context.headers),
    returnHeaders: true,
  });
  context.setCookies(headers.getSetCookie());
  context.viewer = null;
}
