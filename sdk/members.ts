import { type Calls, found, keyed, unwrap } from './calls.js';
import {
  MemberInviteDocument,
  MemberListDocument,
  MemberRemoveDocument,
  MemberRoleSetDocument,
} from './generated/operations.js';
import type {
  MemberInviteInput,
  MemberInviteMutation,
  MemberRemoveInput,
  MemberRemoveMutation,
  MemberRoleSetInput,
  MemberRoleSetMutation,
} from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import type { Member, PayloadOf, ResultOf } from './types.js';

export interface Members {
  /** Everybody in an organization, longest first. Throws NotFoundError. */
  list(organizationId: string, options?: RequestOptions): Promise<readonly Member[]>;
  /** Sends an invitation by mail, good for 7 days. Throws ValidationError, NotFoundError, ForbiddenError, PlanLimitError. */
  invite(input: MemberInviteInput, options?: KeyedOptions): Promise<PayloadOf<MemberInviteMutation>>;
  /** Another role. Owners are made and unmade by owners alone. Throws NotFoundError, ForbiddenError, InvalidStateError (the last owner). */
  setRole(input: MemberRoleSetInput, options?: KeyedOptions): Promise<PayloadOf<MemberRoleSetMutation>>;
  /** Takes somebody out; their tokens are revoked. Throws ValidationError (yourself), NotFoundError, ForbiddenError, InvalidStateError. */
  remove(input: MemberRemoveInput, options?: KeyedOptions): Promise<PayloadOf<MemberRemoveMutation>>;
}

export interface TryMembers {
  invite(input: MemberInviteInput, options?: KeyedOptions): Promise<ResultOf<MemberInviteMutation>>;
  setRole(input: MemberRoleSetInput, options?: KeyedOptions): Promise<ResultOf<MemberRoleSetMutation>>;
  remove(input: MemberRemoveInput, options?: KeyedOptions): Promise<ResultOf<MemberRemoveMutation>>;
}

export function tryMembers({ mutate }: Calls): TryMembers {
  return {
    invite: (input, options) => mutate(MemberInviteDocument, { input: keyed(input, options) }, options),
    setRole: (input, options) => mutate(MemberRoleSetDocument, { input: keyed(input, options) }, options),
    remove: (input, options) => mutate(MemberRemoveDocument, { input: keyed(input, options) }, options),
  };
}

export function members({ request }: Calls, attempt: TryMembers): Members {
  return {
    list: async (organizationId, options) => {
      const { organization } = await request(MemberListDocument, { organizationId }, options);
      return found(organization, 'organization', organizationId).members;
    },
    invite: async (...call) => unwrap(await attempt.invite(...call)),
    setRole: async (...call) => unwrap(await attempt.setRole(...call)),
    remove: async (...call) => unwrap(await attempt.remove(...call)),
  };
}
