import type { Bucket, Limits } from '@apployd/backplane/limits/limits';
import { requestError } from '../request-error.js';

/** Keeps guessing and mass sign-up slow, over all processes. Each rejects with RATE_LIMITED and the time to wait. */
export type Attempts = {
  signUp(request: Request): Promise<void>;
  signIn(request: Request, email: string): Promise<void>;
};

/** So many at once, then one more every `refillMs`. */
export type Rate = { readonly burst: number; readonly refillMs: number };

/** How often one address of the network, or one address with one e-mail address, may try. */
export type AttemptLimits = { readonly signUp: Rate; readonly signIn: Rate; readonly signInToAccount: Rate };

type Request = { readonly address: string; hasTriedToSignIn?: boolean };

const usual: AttemptLimits = {
  signUp: { burst: 20, refillMs: 30_000 },
  signIn: { burst: 60, refillMs: 2_000 },
  signInToAccount: { burst: 10, refillMs: 6_000 },
};

export function attempts(limits: Limits, changes: Partial<AttemptLimits> = {}): Attempts {
  const rates = { ...usual, ...changes };
  const take = async (name: keyof AttemptLimits, key: string) => {
    const { granted, retryAfterMs } = await limits.take(`${name} ${key}`, 1, bucketOf(rates[name]));
    if (!granted) throw tooMany(retryAfterMs);
  };
  return {
    signUp: async (request) => {
      once(request);
      await take('signUp', request.address);
    },
    signIn: async (request, email) => {
      once(request);
      await take('signInToAccount', `${request.address} ${email}`);
      await take('signIn', request.address);
    },
  };
}

function bucketOf({ burst, refillMs }: Rate): Bucket {
  return { capacity: burst, perSecond: 1_000 / refillMs };
}

/** Aliases would put a thousand guesses into one document. */
function once(request: Request): void {
  if (request.hasTriedToSignIn)
    throw requestError('BAD_REQUEST', 'One document signs up or in once. Send another one.');
  request.hasTriedToSignIn = true;
}

function tooMany(retryAfterMs: number) {
  return requestError('RATE_LIMITED', `Too many attempts. Wait ${Math.ceil(retryAfterMs / 1000)} s.`, { retryAfterMs });
}
