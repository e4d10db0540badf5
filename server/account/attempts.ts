import type { Bucket, Limits } from '@apployd/backplane/limits/limits';
import { networkOf } from '../network-of.js';
import { requestError } from '../request-error.js';

/** Keeps guessing, mass sign-up and floods of mail slow, over all processes. Each rejects with RATE_LIMITED and the time to wait. */
export type Attempts = {
  signUp(request: Request): Promise<void>;
  signIn(request: Request, email: string): Promise<void>;
  /** A code of the second factor, for a person whose password was right. */
  code(request: Request, userId: string): Promise<void>;
  /** The password of somebody who has signed in, asked once more. */
  password(userId: string): Promise<void>;
  /** A link to reset a password, sent to an address whether it is known or not. */
  reset(request: Request, email: string): Promise<void>;
  /** A link to verify an address, sent for a person. */
  verification(userId: string): Promise<void>;
  /** The secret of a link that came by mail. */
  link(request: Request): Promise<void>;
};

/** So many at once, then one more every `refillMs`. */
export type Rate = { readonly burst: number; readonly refillMs: number };

const usual = {
  /** From one address of the network: with IPv6 from its /64. */
  signUp: { burst: 20, refillMs: 30_000 },
  signIn: { burst: 60, refillMs: 2_000 },
  reset: { burst: 20, refillMs: 30_000 },
  link: { burst: 30, refillMs: 5_000 },
  /** From one address of the network to one e-mail address. */
  signInToAccount: { burst: 10, refillMs: 6_000 },
  /** To one e-mail address or account, from wherever. */
  resetOfAccount: { burst: 5, refillMs: 120_000 },
  code: { burst: 10, refillMs: 30_000 },
  password: { burst: 10, refillMs: 6_000 },
  verification: { burst: 5, refillMs: 60_000 },
} as const satisfies Record<string, Rate>;

/** How often one may try. */
export type AttemptLimits = Readonly<Record<keyof typeof usual, Rate>>;

type Request = { readonly address: string; hasTriedToSignIn?: boolean };

export function attempts(limits: Limits, changes: Partial<AttemptLimits> = {}): Attempts {
  const rates = { ...usual, ...changes };
  const take = async (name: keyof AttemptLimits, key: string) => {
    const { granted, retryAfterMs } = await limits.take(`${name} ${key}`, 1, bucketOf(rates[name]));
    if (!granted) throw tooMany(retryAfterMs);
  };
  return {
    signUp: async (request) => {
      once(request);
      await take('signUp', networkOf(request.address));
    },
    signIn: async (request, email) => {
      once(request);
      await take('signInToAccount', `${networkOf(request.address)} ${shortened(email)}`);
      await take('signIn', networkOf(request.address));
    },
    code: async (request, userId) => {
      once(request);
      await take('signIn', networkOf(request.address));
      await take('code', userId);
    },
    password: (userId) => take('password', userId),
    reset: async (request, email) => {
      once(request);
      await take('reset', networkOf(request.address));
      await take('resetOfAccount', shortened(email));
    },
    verification: (userId) => take('verification', userId),
    link: async (request) => {
      once(request);
      await take('link', networkOf(request.address));
    },
  };
}

/** Nothing longer is an address, and no store of limits has to keep it. */
const shortened = (email: string) => email.slice(0, 254);

function bucketOf({ burst, refillMs }: Rate): Bucket {
  return { capacity: burst, perSecond: 1_000 / refillMs };
}

/** Aliases would put a thousand guesses into one document. */
function once(request: Request): void {
  if (request.hasTriedToSignIn)
    throw requestError('BAD_REQUEST', 'One document signs up or in, or uses a link, once. Send another one.');
  request.hasTriedToSignIn = true;
}

function tooMany(retryAfterMs: number) {
  return requestError('RATE_LIMITED', `Too many attempts. Wait ${Math.ceil(retryAfterMs / 1000)} s.`, { retryAfterMs });
}
