import type { Logger } from '@apployd/backplane/log/logger';
import type { WebSocket } from 'ws';
import type { Credential, Viewer } from '../access/viewer.js';

export type OpenSocket = {
  readonly socket: Pick<WebSocket, 'close'>;
  readonly viewer: Pick<Viewer, 'credential' | 'principalId'>;
  /** How many subscriptions it carries just now. */
  readonly subscriptions: () => number;
};

/** The sockets of this server, looked after all at once. */
export type OpenSockets = {
  /** Lets one in, or returns false when its token or person has too many; call what it returns when it closes. */
  enter(open: OpenSocket): (() => void) | false;
  /** Closes those that have been idle for too long, and those whose session or token has ended. */
  look(): Promise<void>;
};

export const closeCodes = { idle: 1000, unauthorized: 4401, revoked: 4403, tooMany: 4429 } as const;
const mostOfPrincipal = 10;
/**
 * Streams look every four seconds, and end by themselves, saying why; sockets are looked at as often. Where this process
 * stood still meanwhile, the looks of the streams are as late as ours: so their time ends with the look after one that
 * has found it over.
 */
const lastWordMs = 3_500;

type Options = {
  readonly idleMs: number;
  readonly living: (credentials: readonly Credential[]) => Promise<ReadonlySet<string>>;
  readonly log: Logger;
  readonly now?: () => number;
};

type Watched = {
  readonly open: OpenSocket;
  busyAt: number;
  /** When it was heard that its session or token has ended. */
  revokedAt: number | null;
  /** When the time of its streams was first found over. */
  overdueAt: number | null;
};

export function openSockets({ idleMs, living, log, now = Date.now }: Options): OpenSockets {
  const all = new Set<Watched>();
  return {
    enter: (open) => {
      const { principalId } = open.viewer;
      const count = [...all].filter((one) => one.open.viewer.principalId === principalId).length;
      if (count >= mostOfPrincipal) return false;
      const watched = { open, busyAt: now(), revokedAt: null, overdueAt: null };
      all.add(watched);
      return () => void all.delete(watched);
    },
    look: async () => {
      for (const watched of all) closeIdle(watched, idleMs, now());
      const [sockets, begunAt] = [[...all], now()];
      try {
        const alive = await living(sockets.map(({ open }) => open.viewer.credential));
        const look = { begunAt, heardAt: now() };
        for (const watched of sockets) if (!alive.has(watched.open.viewer.credential.id)) closeRevoked(watched, look);
      } catch (error) {
        log.warn({ err: error }, 'could not look whether the sessions of sockets have ended; trying again');
      }
    },
  };
}

function closeIdle(watched: Watched, idleMs: number, now: number): void {
  const { socket, subscriptions } = watched.open;
  if (subscriptions() > 0) watched.busyAt = now;
  else if (now - watched.busyAt >= idleMs)
    socket.close(closeCodes.idle, `Nothing was subscribed to for ${idleMs / 1_000} s.`);
}

type Look = { readonly begunAt: number; readonly heardAt: number };

function closeRevoked(watched: Watched, look: Look): void {
  const { socket, subscriptions } = watched.open;
  const hadTheirTime = timeIsOver(watched, look);
  if (subscriptions() > 0 && !hadTheirTime) return;
  socket.close(closeCodes.revoked, 'This session or token has ended.');
}

/** Looks may overlap while the database is slow: only one that began after what it builds upon was heard counts. */
function timeIsOver(watched: Watched, { begunAt, heardAt }: Look): boolean {
  watched.revokedAt ??= heardAt;
  if (watched.overdueAt !== null) return begunAt >= watched.overdueAt;
  if (begunAt - watched.revokedAt >= lastWordMs) watched.overdueAt = heardAt;
  return false;
}
