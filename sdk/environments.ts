import { type Calls, found, keyed, unwrap } from './calls.js';
import {
  EnvironmentDocument,
  EnvironmentLastExitDocument,
  EnvironmentListDocument,
  EnvironmentUpdateDocument,
} from './generated/operations.js';
import type { EnvironmentUpdateInput, EnvironmentUpdateMutation } from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { Environment, InstanceExit, PayloadOf, ResultOf } from './types.js';

export interface Environments {
  /** Throws NotFoundError. */
  get(id: string, options?: RequestOptions): Promise<Environment>;
  /**
   * How an instance of what is live ended last that nobody had ended, with what it printed last; null when none did. A token needs the
   * scope LOG_READ. Throws NotFoundError.
   */
  lastExit(id: string, options?: RequestOptions): Promise<InstanceExit | null>;
  list(of: { readonly projectId: string }, options?: RequestOptions): List<Environment>;
  /**
   * How many instances run, and what each may use: all of them fit inside the project's slice. `null` for an amount shares what the slice
   * has left among them. `resizes` says how those that run come to it: LIVE, REPLACE, or LIVE_OR_REPLACE.
   * Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (another `expectedVersion`), InvalidStateError (its project is
   * being deleted), QuotaExceededError, IdempotencyError.
   */
  update(input: EnvironmentUpdateInput, options?: KeyedOptions): Promise<PayloadOf<EnvironmentUpdateMutation>>;
}

export interface TryEnvironments {
  update(input: EnvironmentUpdateInput, options?: KeyedOptions): Promise<ResultOf<EnvironmentUpdateMutation>>;
}

export function tryEnvironments({ mutate }: Calls): TryEnvironments {
  return { update: (input, options) => mutate(EnvironmentUpdateDocument, { input: keyed(input, options) }, options) };
}

export function environments({ request }: Calls, attempt: TryEnvironments): Environments {
  return {
    get: async (id, options) =>
      found((await request(EnvironmentDocument, { id }, options)).environment, 'environment', id),
    lastExit: async (id, options) =>
      found((await request(EnvironmentLastExitDocument, { id }, options)).environment, 'environment', id).lastExit,
    list: ({ projectId }, options) =>
      pages(async (after, first) => {
        const { project } = await request(EnvironmentListDocument, { projectId, after, first }, options);
        return found(project, 'project', projectId).environments;
      }),
    update: async (...call) => unwrap(await attempt.update(...call)),
  };
}
