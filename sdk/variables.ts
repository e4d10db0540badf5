import { type Calls, found, keyed, unwrap } from './calls.js';
import { VariableListDocument, VariablesHistoryDocument, VariablesSetDocument } from './generated/operations.js';
import type { VariableListQuery, VariablesSetInput, VariablesSetMutation } from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { PayloadOf, ResultOf, VariablesVersion } from './types.js';

export interface Variables {
  /** All of an environment's variables, and their version. The values of secrets are null. Throws NotFoundError. */
  list(environmentId: string, options?: RequestOptions): Promise<NonNullable<VariableListQuery['environment']>>;
  /**
   * Sets the named variables and leaves the others; `value: null` removes one, `replaceAll` all that are not named, secrets too.
   * The next deployment gets them.
   * `warnings` names secrets that are too short to be masked in logs.
   * Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (another `expectedVersion`), IdempotencyError.
   */
  set(input: VariablesSetInput, options?: KeyedOptions): Promise<PayloadOf<VariablesSetMutation>>;
  /** Who changed which names when, newest first; never a value. Throws NotFoundError. */
  history(of: { readonly environmentId: string }, options?: RequestOptions): List<VariablesVersion>;
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
    history: ({ environmentId }, options) =>
      pages(async (after, first) => {
        const { environment } = await request(VariablesHistoryDocument, { environmentId, after, first }, options);
        return found(environment, 'environment', environmentId).variablesHistory;
      }),
  };
}
