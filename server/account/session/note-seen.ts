import type { Logger } from '@apployd/backplane/log/logger';
import type { Db } from '@apployd/prisma/create-db';
import type { Incoming } from '../../incoming.js';
import { userAgentOf } from './begin.js';

const everyMs = 60_000;

type Seen = { readonly id: string; readonly lastSeenAt?: Date | null };

/** Notes when and from where a session was used, once a minute. Nobody waits for it, and it is no reason to refuse one. */
export function noteSeen(
  { db, log }: { readonly db: Db; readonly log: Logger },
  { id, lastSeenAt }: Seen,
  from: Pick<Incoming, 'headers' | 'address'>,
): void {
  const now = Date.now();
  if (now - (lastSeenAt?.getTime() ?? 0) < everyMs) return;
  const userAgent = userAgentOf(from);
  const data = {
    lastSeenAt: new Date(now),
    ...(from.address && { ipAddress: from.address }),
    ...(userAgent && { userAgent }),
  };
  db.session.updateMany({ where: { id }, data }).catch((error: unknown) => {
    log.warn({ err: error, sessionId: id }, "could not note a session's use");
  });
}
