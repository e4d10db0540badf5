import type { Db } from '@apployd/prisma/create-db';
import { viewerOf, type Viewer } from '../viewer.js';
import type { Auth } from './auth.js';

export type Caller = {
  readonly viewer: Viewer | null;
  /** Credentials came along, but no session answers to them. */
  readonly credentialsRefused: boolean;
  /** A renewed session's cookies. */
  readonly cookies: readonly string[];
};

/** Who sends these headers: by bearer token, or else by cookie. */
export async function authenticate({ db, auth }: { db: Db; auth: Auth }, headers: Headers): Promise<Caller> {
  const given = headers.has('authorization') || (headers.get('cookie') ?? '').includes('apployd.session_token=');
  if (!given) return { viewer: null, credentialsRefused: false, cookies: [] };
  const { response, headers: answered } = await auth.api.getSession({
    headers: onlyCredentials(headers),
    returnHeaders: true,
  });
  const cookies = headers.has('authorization') ? [] : answered.getSetCookie();
  if (!response) return { viewer: null, credentialsRefused: true, cookies };
  return { viewer: viewerOf(db, response.user.id, response.session.id), credentialsRefused: false, cookies };
}

/** A token counts alone: a browser's cookie must not answer for a program whose token has ended. */
export function onlyCredentials(headers: Headers): Headers {
  const authorization = headers.get('authorization');
  return new Headers(authorization === null ? { cookie: headers.get('cookie') ?? '' } : { authorization });
}
