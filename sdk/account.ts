import { type Calls, found, keyed, unwrap } from './calls.js';
import {
  AccountDocument,
  AccountEmailVerifyDocument,
  AccountPasswordChangeDocument,
  AccountPasswordResetDocument,
  AccountPasswordResetRequestDocument,
  AccountRecoveryCodesRegenerateDocument,
  AccountSessionRevokeDocument,
  AccountSignInDocument,
  AccountSignInVerifyDocument,
  AccountSignOutDocument,
  AccountSignOutEverywhereDocument,
  AccountSignUpDocument,
  AccountTwoFactorConfirmDocument,
  AccountTwoFactorDisableDocument,
  AccountTwoFactorEnableDocument,
  AccountUpdateDocument,
  AccountVerificationSendDocument,
  RateLimitDocument,
  SecurityEventListDocument,
  SessionListDocument,
  ViewerDocument,
} from './generated/operations.js';
import type * as api from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { AccountProfile, PayloadOf, RateLimit, ResultOf, SecurityEvent, Session, Viewer } from './types.js';

/** Who you are, and how you prove it. Signing up or in gives the client its token; signing out takes it away. */
export interface Account {
  /**
   * Makes a person with their first organization, or with `invitation` a member of the one that invites. Throws ValidationError,
   * ConflictError (the address is taken), ForbiddenError (who may sign up), NotFoundError and InvalidStateError (the invitation).
   */
  signUp(input: api.AccountSignUpInput, options?: RequestOptions): Promise<PayloadOf<api.AccountSignUpMutation>>;
  /**
   * A session, or an `AccountSignInChallenge` for `signInVerify` where the account has a second factor: look at `__typename`.
   * Throws ValidationError when e-mail and password do not belong together.
   */
  signIn(input: api.AccountSignInInput, options?: RequestOptions): Promise<PayloadOf<api.AccountSignInMutation>>;
  /** The session for a challenge and a code of the authenticator, or a recovery code. Throws ValidationError. */
  signInVerify(
    input: api.AccountSignInVerifyInput,
    options?: RequestOptions,
  ): Promise<PayloadOf<api.AccountSignInVerifyMutation>>;
  /** Ends the session of the token. */
  signOut(options?: RequestOptions): Promise<void>;
  /** Ends your other sessions; `includingThis`, every one. */
  signOutEverywhere(
    input?: api.AccountSignOutEverywhereInput,
    options?: KeyedOptions,
  ): Promise<PayloadOf<api.AccountSignOutEverywhereMutation>>;
  /** The person behind the token, with their first organizations. Throws AuthenticationError without one. */
  viewer(options?: RequestOptions): Promise<Viewer>;
  /** What is left of the points that operations cost, this one paid. Throws AuthenticationError without a token. */
  rateLimit(options?: RequestOptions): Promise<RateLimit>;
  /** What only you see of your account. For sessions: tokens get a ForbiddenError. */
  get(options?: RequestOptions): Promise<AccountProfile>;
  /** Another name at once; another e-mail address, for which it wants the password, once the link sent there is opened. */
  update(input: api.AccountUpdateInput, options?: KeyedOptions): Promise<PayloadOf<api.AccountUpdateMutation>>;
  /** Makes the address that a link was sent to yours, verified. Works once, in a session of yours. Throws ValidationError, ForbiddenError, ConflictError. */
  emailVerify(
    input: api.AccountEmailVerifyInput,
    options?: RequestOptions,
  ): Promise<PayloadOf<api.AccountEmailVerifyMutation>>;
  /** Sends you another link to verify your address. Throws InvalidStateError when it is verified. */
  verificationSend(options?: KeyedOptions): Promise<PayloadOf<api.AccountVerificationSendMutation>>;
  /** Ends every other session. Throws ValidationError. */
  passwordChange(
    input: api.AccountPasswordChangeInput,
    options?: KeyedOptions,
  ): Promise<PayloadOf<api.AccountPasswordChangeMutation>>;
  /** Sends a link to choose a new password, where there is such an account; it resolves all the same where there is none. */
  passwordResetRequest(
    input: api.AccountPasswordResetRequestInput,
    options?: RequestOptions,
  ): Promise<PayloadOf<api.AccountPasswordResetRequestMutation>>;
  /** Sets a password by such a link, once; every session ends. Throws ValidationError. */
  passwordReset(
    input: api.AccountPasswordResetInput,
    options?: RequestOptions,
  ): Promise<PayloadOf<api.AccountPasswordResetMutation>>;
  /** Where you have signed in, the last used first. */
  sessions(options?: RequestOptions): Promise<readonly Session[]>;
  /** Ends one of your sessions. Throws NotFoundError. */
  sessionRevoke(
    input: api.AccountSessionRevokeInput,
    options?: KeyedOptions,
  ): Promise<PayloadOf<api.AccountSessionRevokeMutation>>;
  /** The secret for an authenticator, and recovery codes, shown once: not retried by itself. Throws ValidationError, InvalidStateError. */
  twoFactorEnable(
    input: api.AccountTwoFactorEnableInput,
    options?: RequestOptions,
  ): Promise<PayloadOf<api.AccountTwoFactorEnableMutation>>;
  /** Turns the second factor on with its first code. Throws ValidationError, InvalidStateError. */
  twoFactorConfirm(
    input: api.AccountTwoFactorConfirmInput,
    options?: KeyedOptions,
  ): Promise<PayloadOf<api.AccountTwoFactorConfirmMutation>>;
  /** Throws ValidationError, InvalidStateError. */
  twoFactorDisable(
    input: api.AccountTwoFactorDisableInput,
    options?: KeyedOptions,
  ): Promise<PayloadOf<api.AccountTwoFactorDisableMutation>>;
  /** New recovery codes, shown once: not retried by itself. Throws ValidationError, InvalidStateError. */
  recoveryCodesRegenerate(
    input: api.AccountRecoveryCodesRegenerateInput,
    options?: RequestOptions,
  ): Promise<PayloadOf<api.AccountRecoveryCodesRegenerateMutation>>;
  /** What happened to your account, newest first. */
  securityEvents(options?: RequestOptions): List<SecurityEvent>;
}

export interface TryAccount {
  signUp(input: api.AccountSignUpInput, options?: RequestOptions): Promise<ResultOf<api.AccountSignUpMutation>>;
  signIn(input: api.AccountSignInInput, options?: RequestOptions): Promise<ResultOf<api.AccountSignInMutation>>;
  signInVerify(
    input: api.AccountSignInVerifyInput,
    options?: RequestOptions,
  ): Promise<ResultOf<api.AccountSignInVerifyMutation>>;
  signOut(options?: RequestOptions): Promise<ResultOf<api.AccountSignOutMutation>>;
  signOutEverywhere(
    input?: api.AccountSignOutEverywhereInput,
    options?: KeyedOptions,
  ): Promise<ResultOf<api.AccountSignOutEverywhereMutation>>;
  update(input: api.AccountUpdateInput, options?: KeyedOptions): Promise<ResultOf<api.AccountUpdateMutation>>;
  emailVerify(
    input: api.AccountEmailVerifyInput,
    options?: RequestOptions,
  ): Promise<ResultOf<api.AccountEmailVerifyMutation>>;
  verificationSend(options?: KeyedOptions): Promise<ResultOf<api.AccountVerificationSendMutation>>;
  passwordChange(
    input: api.AccountPasswordChangeInput,
    options?: KeyedOptions,
  ): Promise<ResultOf<api.AccountPasswordChangeMutation>>;
  passwordResetRequest(
    input: api.AccountPasswordResetRequestInput,
    options?: RequestOptions,
  ): Promise<ResultOf<api.AccountPasswordResetRequestMutation>>;
  passwordReset(
    input: api.AccountPasswordResetInput,
    options?: RequestOptions,
  ): Promise<ResultOf<api.AccountPasswordResetMutation>>;
  sessionRevoke(
    input: api.AccountSessionRevokeInput,
    options?: KeyedOptions,
  ): Promise<ResultOf<api.AccountSessionRevokeMutation>>;
  twoFactorEnable(
    input: api.AccountTwoFactorEnableInput,
    options?: RequestOptions,
  ): Promise<ResultOf<api.AccountTwoFactorEnableMutation>>;
  twoFactorConfirm(
    input: api.AccountTwoFactorConfirmInput,
    options?: KeyedOptions,
  ): Promise<ResultOf<api.AccountTwoFactorConfirmMutation>>;
  twoFactorDisable(
    input: api.AccountTwoFactorDisableInput,
    options?: KeyedOptions,
  ): Promise<ResultOf<api.AccountTwoFactorDisableMutation>>;
  recoveryCodesRegenerate(
    input: api.AccountRecoveryCodesRegenerateInput,
    options?: RequestOptions,
  ): Promise<ResultOf<api.AccountRecoveryCodesRegenerateMutation>>;
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
    signInVerify: async (input, options) => {
      const result = await mutate(AccountSignInVerifyDocument, { input }, options);
      if (result.__typename === 'AccountSignInPayload') setToken(result.token);
      return result;
    },
    signOut: async (options) => {
      const result = await mutate(AccountSignOutDocument, {}, options);
      if (result.__typename === 'AccountSignOutPayload') setToken(null);
      return result;
    },
    signOutEverywhere: async (input = {}, options) => {
      const result = await mutate(AccountSignOutEverywhereDocument, { input: keyed(input, options) }, options);
      if (result.__typename === 'AccountSignOutEverywherePayload' && input.includingThis) setToken(null);
      return result;
    },
    update: (input, options) => mutate(AccountUpdateDocument, { input: keyed(input, options) }, options),
    emailVerify: (input, options) => mutate(AccountEmailVerifyDocument, { input }, options),
    verificationSend: (options) => mutate(AccountVerificationSendDocument, { input: keyed({}, options) }, options),
    passwordChange: (input, options) =>
      mutate(AccountPasswordChangeDocument, { input: keyed(input, options) }, options),
    passwordResetRequest: (input, options) => mutate(AccountPasswordResetRequestDocument, { input }, options),
    passwordReset: (input, options) => mutate(AccountPasswordResetDocument, { input }, options),
    sessionRevoke: (input, options) => mutate(AccountSessionRevokeDocument, { input: keyed(input, options) }, options),
    // Without a key: the answer to a second try would not have what is shown once.
    twoFactorEnable: (input, options) => mutate(AccountTwoFactorEnableDocument, { input }, options),
    twoFactorConfirm: (input, options) =>
      mutate(AccountTwoFactorConfirmDocument, { input: keyed(input, options) }, options),
    twoFactorDisable: (input, options) =>
      mutate(AccountTwoFactorDisableDocument, { input: keyed(input, options) }, options),
    recoveryCodesRegenerate: (input, options) => mutate(AccountRecoveryCodesRegenerateDocument, { input }, options),
  };
}

export function account({ request }: Calls, attempt: TryAccount): Account {
  return {
    signUp: async (...call) => unwrap(await attempt.signUp(...call)),
    signIn: async (...call) => unwrap(await attempt.signIn(...call)),
    signInVerify: async (...call) => unwrap(await attempt.signInVerify(...call)),
    signOut: async (...call) => void unwrap(await attempt.signOut(...call)),
    signOutEverywhere: async (...call) => unwrap(await attempt.signOutEverywhere(...call)),
    viewer: async (options) => found((await request(ViewerDocument, {}, options)).viewer, 'session'),
    rateLimit: async (options) => found((await request(RateLimitDocument, {}, options)).viewer, 'session').rateLimit,
    get: async (options) => {
      const { user, account: own } = found((await request(AccountDocument, {}, options)).viewer, 'session');
      return { ...own, user };
    },
    update: async (...call) => unwrap(await attempt.update(...call)),
    emailVerify: async (...call) => unwrap(await attempt.emailVerify(...call)),
    verificationSend: async (...call) => unwrap(await attempt.verificationSend(...call)),
    passwordChange: async (...call) => unwrap(await attempt.passwordChange(...call)),
    passwordResetRequest: async (...call) => unwrap(await attempt.passwordResetRequest(...call)),
    passwordReset: async (...call) => unwrap(await attempt.passwordReset(...call)),
    sessions: async (options) => found((await request(SessionListDocument, {}, options)).viewer, 'session').sessions,
    sessionRevoke: async (...call) => unwrap(await attempt.sessionRevoke(...call)),
    twoFactorEnable: async (...call) => unwrap(await attempt.twoFactorEnable(...call)),
    twoFactorConfirm: async (...call) => unwrap(await attempt.twoFactorConfirm(...call)),
    twoFactorDisable: async (...call) => unwrap(await attempt.twoFactorDisable(...call)),
    recoveryCodesRegenerate: async (...call) => unwrap(await attempt.recoveryCodesRegenerate(...call)),
    securityEvents: (options) =>
      pages(async (after, first) => {
        const { viewer } = await request(SecurityEventListDocument, { after, first }, options);
        return found(viewer, 'session').securityEvents;
      }),
  };
}
