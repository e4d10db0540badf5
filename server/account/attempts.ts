import { requestError } from '../request-error.js';
import { attemptLimit, type Rate } from './attempt-limit.js';

/** Keeps guessing and mass sign-up slow. Each throws RATE_LIMITED with the time to wait. */
export type Attempts = {
  signUp(request: Request): void;
  signIn(request: Request, email: string): void;
};

/** How often one address of the network, or one address with one e-mail address, may try. */
export type AttemptLimits = { readonly signUp: Rate; readonly signIn: Rate; readonly signInToAccount: Rate };

type Request = { readonly address: string; hasTriedToSignIn?: boolean };

const usual: AttemptLimits = {
  signUp: { burst: 20, refillMs: 30_000 },
  signIn: { burst: 60, refillMs: 2_000 },
  signInToAccount: { burst: 10, refillMs: 6_000 },
};

export function attempts(changes: Partial<AttemptLimits> = {}): Attempts {
  const limits = { ...usual, ...changes };
  const signUps = attemptLimit(limits.signUp);
  const signIns = attemptLimit(limits.signIn);
  const signInsToAccount = attemptLimit(limits.signInToAccount);
  return {
    signUp: (request) => {
      once(request);
      signUps.take(request.address);
    },
    signIn: (request, email) => {
      once(request);
      signInsToAccount.take(`${request.address} ${email}`);
      signIns.take(request.address);
    },
  };
}

/** Aliases would put a thousand guesses into one document. */
function once(request: Request): void {
  if (request.hasTriedToSignIn)
    throw requestError('BAD_REQUEST', 'One document signs up or in once. Send another one.');
  request.hasTriedToSignIn = true;
}
