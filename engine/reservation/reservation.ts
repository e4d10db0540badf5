import type { Logger } from '@apployd/backplane/log/logger';
import type { Clock } from '@apployd/core/clock';
import { withinDeadline } from '@apployd/core/deadline';
import { inTurn } from '../in-turn.js';
import { lineOf } from './line.js';
import { NoRoom } from './no-room.js';
import { fitting, type BesideShare, type Held, type Scene, type Share } from './share.js';

/**
 * How much memory of a server may be used by what runs for a while and is in nobody's pool: builds, and instances beside those
 * that they replace. One that is built, and one that starts beside another, are let in always; more of them at once as far as
 * the reservation reaches. Those who wait to build give way to those who wait to start.
 */
export type Reservation = {
  readonly totalBytes: number;
  /** A share, once there is room for it, in the order of asking. Fails with NoRoom after `waitMs`. */
  take(share: Share, signal: AbortSignal): Promise<Taken>;
  /**
   * Does work that needs a share now, or fails with NoRoom: for whoever comes again by themselves. When they do so within
   * `againMs`, nobody who asked after them was let in before them.
   */
  holdNow<T>(share: BesideShare, againMs: number, work: () => Promise<T>): Promise<T>;
};

/** A share that is had, until it is let go. */
export type Taken = { letGo(): void };

type Options = Pick<Scene, 'totalBytes' | 'usage'> & {
  readonly waitMs: number;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
};

/** What ends elsewhere, such as the instances of a former release, is seen by looking again. */
const lookAgainMs = 500;
/** Who is behind others is let in before them only when nothing is needed any longer. */
const lookBehindMs = 3_000;

/** The reservation of the one server whose engine this process is: shares are held in its memory, and end with it. */
export function reservation({ totalBytes, usage, waitMs, clock, log }: Options): Reservation {
  const all = new Set<Held>();
  const line = lineOf(() => clock.now().getTime());
  const decided = inTurn();
  let changed = new AbortController();

  const tellOfChange = (): void => {
    changed.abort();
    changed = new AbortController();
  };

  /** Decides one at a time, so that nobody is let in by what was free for another. */
  const tryTake = async (share: Share, isItsTurn: () => boolean): Promise<Held | null> => {
    let taken: Held | null = null;
    await decided('', async () => {
      const isBesideWaiting = line.isWaiting('beside');
      const held = await fitting(share, { totalBytes, usage, others: [...all], isBesideWaiting });
      if (!held || (!held.isThere && !isItsTurn())) return;
      all.add(held);
      taken = held;
    });
    return taken;
  };

  const letGo = (held: Held): void => {
    all.delete(held);
    tellOfChange();
  };

  /** A look that fails is followed by another: a place in the line is not lost to a database that is away for a moment. */
  const look = async (share: Share, signal: AbortSignal, isItsTurn: () => boolean): Promise<Held | null> => {
    const held = await tryTake(share, () => !signal.aborted && isItsTurn()).catch((err: unknown) => {
      log.warn({ err }, 'could not see how much of the reservation is used; looking again');
      return null;
    });
    if (!held || !signal.aborted) return held;
    // Given up in the same moment: nobody else would let go of it.
    letGo(held);
    return null;
  };

  const waitInLine = (share: Share, signal: AbortSignal): Promise<Held> => {
    share.onWait?.();
    return line.join(share, async (isFirst) => {
      for (;;) {
        const { signal: next } = changed;
        const held = await look(share, signal, isFirst);
        signal.throwIfAborted();
        if (held) return held;
        const pauseMs = isFirst() ? lookAgainMs : lookBehindMs;
        await clock.sleep(pauseMs, AbortSignal.any([signal, next])).catch(() => undefined);
      }
    });
  };

  /** Who is not waited for any longer holds nothing, also where a look of theirs has not ended yet. */
  const takeOrWait = async (share: Share, signal: AbortSignal): Promise<Held> => {
    const held =
      (await look(share, signal, () => line.isFree(share))) ?? (await waitInLine(share, signal).finally(tellOfChange));
    if (signal.aborted) letGo(held);
    signal.throwIfAborted();
    line.give(share);
    return held;
  };

  return {
    totalBytes,
    async take(share, signal) {
      const asked = (stop: AbortSignal) => Promise.race([takeOrWait(share, stop), ended(stop)]);
      const held = await withinDeadline(signal, waitMs, asked).catch((error: unknown) => {
        throw signal.aborted || !isTimeout(error) ? error : new NoRoom(totalBytes, waitMs);
      });
      return { letGo: () => letGo(held) };
    },
    async holdNow(share, againMs, work) {
      const held = await look(share, new AbortController().signal, () => line.isFree(share));
      if (!held) {
        line.keep(share, againMs);
        throw new NoRoom(totalBytes, 0);
      }
      line.give(share);
      try {
        return await work();
      } finally {
        letGo(held);
      }
    },
  };
}

function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
