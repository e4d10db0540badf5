import { type Calls, found, keyed, unwrap } from './calls.js';
import { ApiTokenCreateDocument, ApiTokenListDocument, ApiTokenRevokeDocument } from './generated/operations.js';
import type {
  ApiTokenCreateInput,
  ApiTokenCreateMutation,
  ApiTokenRevokeInput,
  ApiTokenRevokeMutation,
} from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { ApiToken, PayloadOf, ResultOf } from './types.js';

/** Of which organization; with `ended` also those that were revoked or have expired. */
export type TokensOf = { readonly organizationId: string; readonly ended?: boolean };

/** Ways in for programs. Give a token's secret as `token` of the client. */
export interface Tokens {
  /**
   * Makes a token that acts for you. Keep its `secret`: it is told this once, and null when an earlier call made it.
   * Throws ValidationError, NotFoundError, ForbiddenError (a scope that you do not have yourself), PlanLimitError.
   */
  create(input: ApiTokenCreateInput, options?: KeyedOptions): Promise<PayloadOf<ApiTokenCreateMutation>>;
  /** Ends a token, and those made with it, within 5 seconds everywhere. Throws NotFoundError, ForbiddenError. */
  revoke(input: ApiTokenRevokeInput, options?: KeyedOptions): Promise<PayloadOf<ApiTokenRevokeMutation>>;
  /** Newest first. */
  list(of: TokensOf, options?: RequestOptions): List<ApiToken>;
}

export interface TryTokens {
  create(input: ApiTokenCreateInput, options?: KeyedOptions): Promise<ResultOf<ApiTokenCreateMutation>>;
  revoke(input: ApiTokenRevokeInput, options?: KeyedOptions): Promise<ResultOf<ApiTokenRevokeMutation>>;
}

export function tryTokens({ mutate }: Calls): TryTokens {
  return {
    create: (input, options) => mutate(ApiTokenCreateDocument, { input: keyed(input, options) }, options),
    revoke: (input, options) => mutate(ApiTokenRevokeDocument, { input: keyed(input, options) }, options),
  };
}

export function tokens({ request }: Calls, attempt: TryTokens): Tokens {
  return {
    create: async (...call) => unwrap(await attempt.create(...call)),
    revoke: async (...call) => unwrap(await attempt.revoke(...call)),
    list: ({ organizationId, ended }, options) =>
      pages(async (after, first) => {
        const { organization } = await request(ApiTokenListDocument, { organizationId, ended, after, first }, options);
        return found(organization, 'organization', organizationId).apiTokens;
      }),
  };
}
