import { type Calls, keyed, unwrap } from './calls.js';
import { AllocationsSetDocument } from './generated/operations.js';
import type { AllocationsSetInput, AllocationsSetMutation } from './generated/types.js';
import type { KeyedOptions } from './http/requests.js';
import type { PayloadOf, ResultOf } from './types.js';

export interface Allocations {
  /**
   * Divides the pool anew: all changes or none, in any order. A project may hold half of each resource at most; `limits: null` frees its slice.
   * `dryRun` says what would be. Bytes, thousandths of a core, bytes a month.
   * Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (another `expectedPoolVersion`), QuotaExceededError, IdempotencyError.
   */
  set(input: AllocationsSetInput, options?: KeyedOptions): Promise<PayloadOf<AllocationsSetMutation>>;
}

export interface TryAllocations {
  set(input: AllocationsSetInput, options?: KeyedOptions): Promise<ResultOf<AllocationsSetMutation>>;
}

export function tryAllocations({ mutate }: Calls): TryAllocations {
  return { set: (input, options) => mutate(AllocationsSetDocument, { input: keyed(input, options) }, options) };
}

export function allocations(attempt: TryAllocations): Allocations {
  return { set: async (...call) => unwrap(await attempt.set(...call)) };
}
