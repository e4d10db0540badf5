import type { Logger } from '@apployd/backplane/log/logger';
import type { Db } from '@apployd/prisma/create-db';
import { live } from '../token/live.js';
import type { Credential } from './viewer.js';

/** Looks again and again at the credentials of what stays open, all of them with two statements. */
export type CredentialWatch = {
  /** Calls `onEnd` once when the session or token has ended; call what it returns when nobody cares any more. */
  watch(credential: Credential, onEnd: () => void): () => void;
  /** Looks no more. */
  stop(): void;
};

type Watched = { readonly credential: Credential; readonly onEnd: () => void };

/** Within 5 seconds with the look itself, and with the farewell of what was open. */
const usualMs = 3_000;

export function credentialWatch(
  { db, log }: { readonly db: Db; readonly log: Logger },
  everyMs: number = usualMs,
): CredentialWatch {
  const watched = new Set<Watched>();
  const timer = setInterval(() => {
    if (watched.size === 0) return;
    endDead(db, watched).catch((error: unknown) => {
      log.warn({ err: error }, 'could not look whether open sockets may stay open; trying again');
    });
  }, everyMs);
  return {
    watch: (credential, onEnd) => {
      const one = { credential, onEnd };
      watched.add(one);
      return () => void watched.delete(one);
    },
    stop: () => clearInterval(timer),
  };
}

async function endDead(db: Db, watched: Set<Watched>): Promise<void> {
  const looked = [...watched];
  const alive = await aliveAmong(
    db,
    looked.map(({ credential }) => credential),
  );
  for (const one of looked) {
    if (alive.has(one.credential.id) || !watched.delete(one)) continue;
    one.onEnd();
  }
}

async function aliveAmong(db: Db, credentials: readonly Credential[]): Promise<ReadonlySet<string>> {
  const ids = (kind: Credential['kind']) => credentials.filter((one) => one.kind === kind).map(({ id }) => id);
  const select = { id: true } as const;
  const sessions = await db.session.findMany({
    where: { id: { in: ids('session') }, expiresAt: { gt: new Date() } },
    select,
  });
  const tokens = await db.apiToken.findMany({ where: { id: { in: ids('token') }, ...live() }, select });
  return new Set([...sessions, ...tokens].map(({ id }) => id));
}
