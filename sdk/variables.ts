import { type Calls, found, keyed, unwrap } from './calls.js';
import { VariableListDocument, VariablesSetDocument } from './generated/operations.js';
import type { VariableListQuery, VariablesSetInput, VariablesSetMutation } from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import type { PayloadOf, ResultOf } from './types.js';

export interface Variables {
  /** All of an environment's variables, and their version. The values of secrets are null. Throws NotFoundError. */
  list(environmentId: string, options?: RequestOptions): Promise<NonNullable<VariableListQuery['environment']>>;
  /**
   * Sets the named variables and leaves the others; `value: null` removes one. The next deployment gets them.
   * `warnings` names secrets that are too short to be masked in logs.
   * Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (another `expectedVersion`), IdempotencyError.
   */
  set(input: VariablesSetInput, options?: KeyedOptions): Promise<PayloadOf<VariablesSetMutation>>;
}

export interface TryVariables {
  set(input: VariablesSetInput, options?: KeyedOptions): Promise<ResultOf<VariablesSetMutation>>;
}

export function tryVariables({ mutate }: Calls): TryVariables {
  return { set: (input, options) => mutate(VariablesSetDocument, { input: keyed(input, options) }, options) };
}

export function variables({ request }: Calls, attempt: TryVariables): Variables {
  return {
    list: async (environmentId, options) =>
      found(
        (await request(VariableListDocument, { environmentId }, options)).environment,
        'environment',
        environmentId,
      ),
    set: async (...call) => unwrap(await attempt.set(...call)),
  };
}
