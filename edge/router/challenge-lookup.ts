import { acmeChallengePath, acmeToken } from '@apployd/core/certificate';
import { challengeAnswer, errorAnswer, type OwnAnswer } from './own-answer.js';

/** So many tokens are looked up at a time: who asks for any number of them keeps nobody waiting. */
const mostAtOnce = 20;

/** Answers authorities that ask below the path of challenges; whatever is no token that they were told of is nowhere. */
export function challengeLookup(find: (token: string) => Promise<string | null>) {
  let open = 0;
  return async (url: string, accept?: string): Promise<OwnAnswer> => {
    const token = url.slice(acmeChallengePath.length);
    if (!acmeToken.test(token)) return errorAnswer('NO_ROUTE', accept);
    if (open >= mostAtOnce) return errorAnswer('OVERLOADED', accept);
    open += 1;
    try {
      const found = await find(token);
      return found === null ? errorAnswer('NO_ROUTE', accept) : challengeAnswer(found);
    } catch {
      return errorAnswer('OVERLOADED', accept);
    } finally {
      open -= 1;
    }
  };
}

export const isChallenge = (url: string | undefined): boolean => url?.startsWith(acmeChallengePath) ?? false;
