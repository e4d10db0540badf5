import type { Logger } from '@apployd/backplane/log/logger';
import type { Db } from '@apployd/prisma/create-db';
import type { Incoming } from '../incoming.js';
import { viewerOf, type Viewer } from '../access/viewer.js';
import { findBearer } from '../token/find-bearer.js';
import { isTokenSecret } from '../token/secret.js';
import type { Auth } from './auth.js';
import type { Credentials } from './credentials.js';
import { livingSession } from './living-session.js';
import { noteSeen } from './session/note-seen.js';

export type Caller = {
  readonly viewer: Viewer | null;
  /** Credentials came along, but nothing answers to them. */
  readonly refused: RefusedCredentials | null;
  /** A renewed session's cookies. */
  readonly cookies: readonly string[];
};

export type RefusedCredentials = 'MALFORMED' | 'EXPIRED' | 'REVOKED';

type Parts = { readonly db: Db; readonly auth: Auth; readonly credentials: Credentials; readonly log: Logger };
type Request = Pick<Incoming, 'headers' | 'address'>;

/** Who sends these headers: by bearer token, or else by cookie. */
export async function authenticate(parts: Parts, { headers, address }: Request): Promise<Caller> {
  const bearer = bearerIn(headers);
  if (bearer !== null && isTokenSecret(bearer)) return callerOf(await findBearer(parts, bearer, address));
  const given = headers.has('authorization') || hasSessionCookie(headers);
  return given ? findSession(parts, { headers, address }) : { viewer: null, refused: null, cookies: [] };
}

/** Whether it is a page that asks, on behalf of who has signed in. */
export function hasSessionCookie(headers: Headers): boolean {
  return !headers.has('authorization') && (headers.get('cookie') ?? '').includes('apployd.session_token=');
}

async function findSession(parts: Parts, request: Request): Promise<Caller> {
  const { db, auth, credentials } = parts;
  const { headers } = request;
  const living = await livingSession(credentials, auth, headers);
  if (living) {
    noteSeen(parts, living, request);
    return callerOf(viewerOf(db, living.userId, { kind: 'session', id: living.id }));
  }
  const { response, headers: answered } = await auth.api.getSession({
    headers: onlyCredentials(headers),
    returnHeaders: true,
  });
  const cookies = headers.has('authorization') ? [] : answered.getSetCookie();
  if (!response) return { viewer: null, refused: 'EXPIRED', cookies };
  noteSeen(parts, response.session, request);
  return { ...callerOf(viewerOf(db, response.user.id, { kind: 'session', id: response.session.id })), cookies };
}

function callerOf(found: Viewer | RefusedCredentials): Caller {
  return typeof found === 'string'
    ? { viewer: null, refused: found, cookies: [] }
    : { viewer: found, refused: null, cookies: [] };
}

function bearerIn(headers: Headers): string | null {
  return /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null;
}

/** A token counts alone: a browser's cookie must not answer for a program whose token has ended. */
export function onlyCredentials(headers: Headers): Headers {
  const authorization = headers.get('authorization');
  return new Headers(authorization === null ? { cookie: headers.get('cookie') ?? '' } : { authorization });
}
