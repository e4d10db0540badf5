import { type Calls, found, keyed, unwrap } from './calls.js';
import { organizationEventList, type OrganizationEventsOf } from './events.js';
import {
  OrganizationCreateDocument,
  OrganizationDocument,
  OrganizationLeaveDocument,
  OrganizationListDocument,
  OrganizationPlanSetDocument,
  OrganizationTransferDocument,
  OrganizationUpdateDocument,
  OrganizationUsageDocument,
} from './generated/operations.js';
import type {
  OrganizationCreateInput,
  OrganizationCreateMutation,
  OrganizationLeaveInput,
  OrganizationLeaveMutation,
  OrganizationPlanSetInput,
  OrganizationPlanSetMutation,
  OrganizationQuery,
  OrganizationRef,
  OrganizationTransferInput,
  OrganizationTransferMutation,
  OrganizationUpdateInput,
  OrganizationUpdateMutation,
} from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { Organization, OrganizationEvent, OrganizationUsage, PayloadOf, ResultOf, UsageOptions } from './types.js';

export interface Organizations {
  /** An organization with its plan and its pool of resources, by id or slug. Throws NotFoundError. */
  get(by: OrganizationRef, options?: RequestOptions): Promise<NonNullable<OrganizationQuery['organization']>>;
  /**
   * What its projects have sent to visitors in the pool's period, and in its last days or hours, oldest first: 30 days unless you say
   * otherwise. Throws NotFoundError.
   */
  usage(by: OrganizationRef, options?: UsageOptions): Promise<OrganizationUsage>;
  /** The organizations that you belong to; with a token, its own. */
  list(options?: RequestOptions): List<Organization>;
  /**
   * What happened to it as a whole, the oldest first: its bill, its plan, its members. `events.follow` goes on live behind the last one's
   * cursor. Throws NotFoundError, ForbiddenError (it takes OWNER or BILLING).
   */
  events(of: OrganizationEventsOf, options?: RequestOptions): List<OrganizationEvent>;
  /** Makes an organization that you own. Throws ValidationError, ConflictError (the slug is taken), ForbiddenError (a token), PlanLimitError. */
  create(input: OrganizationCreateInput, options?: KeyedOptions): Promise<PayloadOf<OrganizationCreateMutation>>;
  /** Another name or slug. Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (the slug, or `expectedVersion`). */
  update(input: OrganizationUpdateInput, options?: KeyedOptions): Promise<PayloadOf<OrganizationUpdateMutation>>;
  /** Ends your own membership, and your tokens there. Throws NotFoundError, ForbiddenError (a token), InvalidStateError (the last owner). */
  leave(input: OrganizationLeaveInput, options?: KeyedOptions): Promise<PayloadOf<OrganizationLeaveMutation>>;
  /** Makes a member the owner and you an admin. Throws ValidationError, NotFoundError, ForbiddenError. */
  transfer(input: OrganizationTransferInput, options?: KeyedOptions): Promise<PayloadOf<OrganizationTransferMutation>>;
  /**
   * Puts an organization on another plan: for the platform's operator, signed in by session. Throws NotFoundError, ForbiddenError,
   * ConflictError (another `expectedPoolVersion`), QuotaExceededError (its projects hold more), PlanLimitError (they are too many).
   */
  setPlan(input: OrganizationPlanSetInput, options?: KeyedOptions): Promise<PayloadOf<OrganizationPlanSetMutation>>;
}

export interface TryOrganizations {
  create(input: OrganizationCreateInput, options?: KeyedOptions): Promise<ResultOf<OrganizationCreateMutation>>;
  update(input: OrganizationUpdateInput, options?: KeyedOptions): Promise<ResultOf<OrganizationUpdateMutation>>;
  leave(input: OrganizationLeaveInput, options?: KeyedOptions): Promise<ResultOf<OrganizationLeaveMutation>>;
  transfer(input: OrganizationTransferInput, options?: KeyedOptions): Promise<ResultOf<OrganizationTransferMutation>>;
  setPlan(input: OrganizationPlanSetInput, options?: KeyedOptions): Promise<ResultOf<OrganizationPlanSetMutation>>;
}

export function tryOrganizations({ mutate }: Calls): TryOrganizations {
  return {
    create: (input, options) => mutate(OrganizationCreateDocument, { input: keyed(input, options) }, options),
    update: (input, options) => mutate(OrganizationUpdateDocument, { input: keyed(input, options) }, options),
    leave: (input, options) => mutate(OrganizationLeaveDocument, { input: keyed(input, options) }, options),
    transfer: (input, options) => mutate(OrganizationTransferDocument, { input: keyed(input, options) }, options),
    setPlan: (input, options) => mutate(OrganizationPlanSetDocument, { input: keyed(input, options) }, options),
  };
}

export function organizations(calls: Calls, attempt: TryOrganizations): Organizations {
  const { request } = calls;
  return {
    get: async (by, options) =>
      found((await request(OrganizationDocument, { by }, options)).organization, 'organization', by.id ?? by.slug),
    usage: async (by, { step = 'DAY', last = 30, ...options } = {}) => {
      const { organization } = await request(OrganizationUsageDocument, { by, step, last }, options);
      return found(organization, 'organization', by.id ?? by.slug).usage;
    },
    list: (options) =>
      pages(async (after, first) => {
        const { viewer } = await request(OrganizationListDocument, { after, first }, options);
        return found(viewer, 'session').organizations;
      }),
    events: (of, options) => organizationEventList(calls, of, options),
    create: async (...call) => unwrap(await attempt.create(...call)),
    update: async (...call) => unwrap(await attempt.update(...call)),
    leave: async (...call) => unwrap(await attempt.leave(...call)),
    transfer: async (...call) => unwrap(await attempt.transfer(...call)),
    setPlan: async (...call) => unwrap(await attempt.setPlan(...call)),
  };
}
