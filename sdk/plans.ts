import { type Calls, found, keyed, unwrap } from './calls.js';
import { PlanListDocument, PlanUpdateDocument } from './generated/operations.js';
import type { PlanUpdateInput, PlanUpdateMutation } from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import type { PayloadOf, Plan, ResultOf } from './types.js';

/** What organizations may have: the pool, how many projects, how long logs are kept. */
export interface Plans {
  /** Those that may be chosen, from small to large; the operator sees the others too. Needs no token. */
  list(options?: RequestOptions): Promise<readonly Plan[]>;
  /**
   * Changes a plan, and with it the pool of every organization on it: for the operator, signed in by session.
   * Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (another `expectedVersion`), PlanInUseError
   * (organizations hold more than it would give).
   */
  update(input: PlanUpdateInput, options?: KeyedOptions): Promise<PayloadOf<PlanUpdateMutation>>;
}

export interface TryPlans {
  update(input: PlanUpdateInput, options?: KeyedOptions): Promise<ResultOf<PlanUpdateMutation>>;
}

export function tryPlans({ mutate }: Calls): TryPlans {
  return { update: (input, options) => mutate(PlanUpdateDocument, { input: keyed(input, options) }, options) };
}

export function plans({ request }: Calls, attempt: TryPlans): Plans {
  return {
    list: async (options) => found((await request(PlanListDocument, {}, options)).plans, 'plan'),
    update: async (...call) => unwrap(await attempt.update(...call)),
  };
}
