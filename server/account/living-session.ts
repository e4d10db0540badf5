import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Auth } from './auth.js';
import type { Credentials, SessionRow } from './credentials.js';
import { hashSessionToken } from './hash-session-tokens.js';

/**
 * Whose session this is, by one statement at most. Null is no refusal: then better-auth has to look, for the session has
 * ended, is due to be renewed, or comes in another way than most do.
 */
export async function livingSession(
  credentials: Credentials,
  auth: Auth,
  headers: Headers,
): Promise<SessionRow | null> {
  const { secret, sessionConfig, authCookies } = await auth.$context;
  const token = bareBearer(headers) ?? signedCookie(headers, authCookies.sessionToken.name, secret);
  if (token === null) return null;
  // From here on until its end a session is renewed when it is used.
  const renewedBefore = Date.now() + (sessionConfig.expiresIn - sessionConfig.updateAge) * 1_000;
  const session = await credentials.session(hashSessionToken(token));
  return session && session.expiresAt.getTime() > renewedBefore ? session : null;
}

/** A token as signing in gave it: letters and digits alone, without a signature behind it. */
function bareBearer(headers: Headers): string | null {
  return /^Bearer ([A-Za-z0-9_-]+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null;
}

/** The token in the session's cookie, when it comes once and its signature is ours. */
function signedCookie(headers: Headers, name: string, secret: string): string | null {
  if (headers.has('authorization')) return null;
  const pairs = (headers.get('cookie') ?? '').split(/; */);
  const [value, another] = pairs.filter((pair) => pair.startsWith(`${name}=`));
  if (!value || another) return null;
  const signed = /^([A-Za-z0-9_-]+)(?:\.|%2E)(.+)$/.exec(value.slice(name.length + 1));
  return signed?.[1] && isSignatureOf(signed[1], signed[2] ?? '', secret) ? signed[1] : null;
}

function isSignatureOf(token: string, encoded: string, secret: string): boolean {
  const given = Buffer.from(encoded.replace(/%2B/gi, '+').replace(/%2F/gi, '/').replace(/%3D/gi, '='), 'base64');
  const right = createHmac('sha256', secret).update(token).digest();
  return given.length === right.length && timingSafeEqual(given, right);
}
