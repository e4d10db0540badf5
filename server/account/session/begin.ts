import { viewerOf } from '../../access/viewer.js';
import type { Context } from '../../context.js';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Incoming } from '../../incoming.js';
import { hashSessionToken } from '../hash-session-tokens.js';

export type Begun = {
  readonly userId: string;
  readonly sessionId: string;
  /** Bearer token; browsers get the cookies. */
  readonly token: string;
  readonly cookies: readonly string[];
};

/** Notes from where a session that better-auth has just made is used; what it says of it. */
export async function begun(
  tx: Transaction,
  { token, cookies }: { readonly token: string; readonly cookies: readonly string[] },
  from: Incoming,
): Promise<Begun> {
  const { id: sessionId, userId } = await tx.session.update({
    where: { token: hashSessionToken(token) },
    data: { ipAddress: from.address || null, userAgent: userAgentOf(from) },
    select: { id: true, userId: true },
  });
  return { userId, sessionId, token, cookies };
}

/** Makes the person of a session that is committed the viewer of the rest of the document. */
export function enter(context: Context, { userId, sessionId, cookies }: Begun): void {
  context.setCookies(cookies);
  context.viewer = viewerOf(context.db, userId, { kind: 'session', id: sessionId });
}

/** As it is kept: browsers are long-winded. */
export function userAgentOf({ headers }: Pick<Incoming, 'headers'>): string | null {
  return headers.get('user-agent')?.slice(0, 400) ?? null;
}
