import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Db } from '@apployd/prisma/create-db';
import type { Auth } from './auth.js';
import { hashSessionToken } from './hash-session-tokens.js';

type Found = { readonly id: string; readonly userId: string; readonly lastSeenAt: Date };

/**
 * Whose session this is, by one statement. Null is no refusal: then better-auth has to look, for the session has ended, is
 * due to be renewed, or comes in another way than most do.
 */
export async function livingSession(db: Db, auth: Auth, headers: Headers): Promise<Found | null> {
  const { secret, sessionConfig, authCookies } = await auth.$context;
  const token = bareBearer(headers) ?? signedCookie(headers, authCookies.sessionToken.name, secret);
  if (token === null) return null;
  // From here on until its end a session is renewed when it is used.
  const renewedBefore = new Date(Date.now() + (sessionConfig.expiresIn - sessionConfig.updateAge) * 1_000);
  const [found] = await db.$queryRaw<Found[]>`
    SELECT "id", "userId", "lastSeenAt" FROM "Session" WHERE "token" = ${hashSessionToken(token)} AND "expiresAt" > ${renewedBefore}`;
  return found ?? null;
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
