import { AnswerError, AuthenticationError, ProtocolError } from '../error/apployd-error.js';
import { DomainError } from '../error/domain-error.js';
import { askedWaitMs, isPassing } from '../http/requests.js';
import { type Delays, delayMs, sleep } from '../http/time.js';

/** Told before each new connection of a stream. */
export type Reconnect = {
  /** 1, 2, 3 …; starts again when a connection has lasted 30 s. */
  readonly attempt: number;
  /** How long the SDK waits first. */
  readonly delayMs: number;
  /** Why the last connection ended; null when it ended without saying why. */
  readonly error: Error | null;
};

const stableMs = 30_000;
const hastyMs = 500;

/** Decides when a broken stream may connect again, and whether it may at all. */
export function resume(delays: Delays, onReconnect?: (reconnect: Reconnect) => void) {
  let attempt = 0;
  let openedAt = Date.now();
  return {
    opened: () => {
      openedAt = Date.now();
    },
    /** After a server said that it is leaving: at once, unless the one that answered is leaving too. */
    async elsewhere(signal: AbortSignal): Promise<void> {
      if (Date.now() - openedAt < hastyMs) await this.next(null, signal);
      else onReconnect?.({ attempt: 1, delayMs: 0, error: null });
    },
    /** Waits for the time of the next connection; throws `error` when there must be none. */
    async next(error: Error | null, signal: AbortSignal): Promise<void> {
      if (error && isFinal(error)) throw error;
      attempt = Date.now() - openedAt > stableMs ? 1 : attempt + 1;
      const waitMs = Math.max(delayMs(attempt, delays), askedWaitMs(error));
      onReconnect?.({ attempt, delayMs: waitMs, error });
      await sleep(waitMs, signal);
    },
  };
}

/** Whether asking again is pointless: what the server refuses, and what is no protocol. */
function isFinal(error: Error): boolean {
  if (error instanceof AuthenticationError || error instanceof ProtocolError) return true;
  if (error instanceof DomainError) return !error.retryable;
  return error instanceof AnswerError && error.status < 500 && !isPassing(error);
}
