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

type Options = {
  readonly idleMs: number;
  readonly living: (credentials: readonly Credential[]) => Promise<ReadonlySet<string>>;
  readonly log: Logger;
  readonly now?: () => number;
};

type Watched = { readonly open: OpenSocket; busyAt: number; isRevoked: boolean };

export function openSockets({ idleMs, living, log, now = Date.now }: Options): OpenSockets {
  const all = new Set<Watched>();
  return {
    enter: (open) => {
      const { principalId } = open.viewer;
      const count = [...all].filter((one) => one.open.viewer.principalId === principalId).length;
      if (count >= mostOfPrincipal) return false;
      const watched = { open, busyAt: now(), isRevoked: false };
      all.add(watched);
      return () => void all.delete(watched);
    },
    look: async () => {
      for (const watched of all) closeIdle(watched, idleMs, now());
      const sockets = [...all];
      try {
        const alive = await living(sockets.map(({ open }) => open.viewer.credential));
        for (const watched of sockets) if (!alive.has(watched.open.viewer.credential.id)) closeRevoked(watched);
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

/** Its streams end by themselves, saying why: they get until the next look. */
function closeRevoked(watched: Watched): void {
  const { socket, subscriptions } = watched.open;
  if (watched.isRevoked || subscriptions() === 0) socket.close(closeCodes.revoked, 'This session or token has ended.');
  watched.isRevoked = true;
}
