import { acmeChallengePath, acmeToken } from '@apployd/core/certificate';
import { systemClock, type Clock } from '@apployd/core/clock';
import { challengeAnswer, errorAnswer, type OwnAnswer } from './own-answer.js';
import type { ReadChallenges } from './router.js';

/** Between the beginnings of two looks at what authorities are to be answered. */
const pauseMs = 250;

/**
 * Answers authorities that ask below the path of challenges; whatever is no token that they were told of is nowhere. Any
 * number of those who ask share one look, so that a flood of them keeps no authority waiting.
 */
export function challengeLookup(read: ReadChallenges, clock: Clock = systemClock) {
  const look = nextLook(read, clock);
  return async (url: string, accept?: string): Promise<OwnAnswer> => {
    const token = url.slice(acmeChallengePath.length);
    if (!acmeToken.test(token)) return errorAnswer('NO_ROUTE', accept);
    try {
      const found = (await look()).get(token);
      return found === undefined ? errorAnswer('NO_ROUTE', accept) : challengeAnswer(found);
    } catch {
      return errorAnswer('OVERLOADED', accept);
    }
  };
}

export const isChallenge = (url: string | undefined): boolean => url?.startsWith(acmeChallengePath) ?? false;

/** One look at a time, and each caller has one that begins after the call: what was written before is in it. */
function nextLook(read: ReadChallenges, clock: Clock): ReadChallenges {
  let next: ReturnType<ReadChallenges> | null = null;
  let former: Promise<unknown> = Promise.resolve();
  let pause: Promise<unknown> = Promise.resolve();
  const begin = async () => {
    await Promise.all([former, pause]);
    next = null;
    pause = clock.sleep(pauseMs);
    const looked = read();
    former = looked.catch(() => undefined);
    return looked;
  };
  return () => (next ??= begin());
}
