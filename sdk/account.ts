import { type Calls, found, unwrap } from './calls.js';
import {
  AccountSignInDocument,
  AccountSignOutDocument,
  AccountSignUpDocument,
  RateLimitDocument,
  ViewerDocument,
} from './generated/operations.js';
import type {
  AccountSignInInput,
  AccountSignInMutation,
  AccountSignOutMutation,
  AccountSignUpInput,
  AccountSignUpMutation,
} from './generated/types.js';
import type { RequestOptions } from './http/requests.js';
import type { PayloadOf, RateLimit, ResultOf, Viewer } from './types.js';

/** Who you are. Signing up or in gives the client its token; signing out takes it away. */
export interface Account {
  /** Makes a person with their first organization. Throws ValidationError, ConflictError. */
  signUp(input: AccountSignUpInput, options?: RequestOptions): Promise<PayloadOf<AccountSignUpMutation>>;
  /** Throws ValidationError when e-mail and password do not belong together. */
  signIn(input: AccountSignInInput, options?: RequestOptions): Promise<PayloadOf<AccountSignInMutation>>;
  /** Ends the session of the token. */
  signOut(options?: RequestOptions): Promise<void>;
  /** The person behind the token, with their first organizations. Throws AuthenticationError without one. */
  viewer(options?: RequestOptions): Promise<Viewer>;
  /** What is left of the points that operations cost, this one paid. Throws AuthenticationError without a token. */
  rateLimit(options?: RequestOptions): Promise<RateLimit>;
}

export interface TryAccount {
  signUp(input: AccountSignUpInput, options?: RequestOptions): Promise<ResultOf<AccountSignUpMutation>>;
  signIn(input: AccountSignInInput, options?: RequestOptions): Promise<ResultOf<AccountSignInMutation>>;
  signOut(options?: RequestOptions): Promise<ResultOf<AccountSignOutMutation>>;
}

export function tryAccount({ mutate }: Calls, setToken: (token: string | null) => void): TryAccount {
  return {
    signUp: async (input, options) => {
      const result = await mutate(AccountSignUpDocument, { input }, options);
      if (result.__typename === 'AccountSignUpPayload') setToken(result.token);
      return result;
    },
    signIn: async (input, options) => {
      const result = await mutate(AccountSignInDocument, { input }, options);
      if (result.__typename === 'AccountSignInPayload') setToken(result.token);
      return result;
    },
    signOut: async (options) => {
      const result = await mutate(AccountSignOutDocument, {}, options);
      if (result.__typename === 'AccountSignOutPayload') setToken(null);
      return result;
    },
  };
}

export function account({ request }: Calls, attempt: TryAccount): Account {
  return {
    signUp: async (...call) => unwrap(await attempt.signUp(...call)),
    signIn: async (...call) => unwrap(await attempt.signIn(...call)),
    signOut: async (...call) => void unwrap(await attempt.signOut(...call)),
    viewer: async (options) => found((await request(ViewerDocument, {}, options)).viewer, 'session'),
    rateLimit: async (options) => found((await request(RateLimitDocument, {}, options)).viewer, 'session').rateLimit,
  };
}
