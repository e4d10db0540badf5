import { type Calls, found, keyed, unwrap } from './calls.js';
import {
  DomainAddDocument,
  DomainDocument,
  DomainListDocument,
  DomainRecheckDocument,
  DomainRemoveDocument,
  EnvironmentDomainListDocument,
} from './generated/operations.js';
import type {
  DomainAddInput,
  DomainAddMutation,
  DomainRecheckMutation,
  DomainRemoveMutation,
} from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { Domain, PayloadOf, ResultOf } from './types.js';

/** Those of a project, over all its environments, or of one environment. */
export type DomainsOf = { readonly projectId: string } | { readonly environmentId: string };

/** Names of your own for environments. */
export interface Domains {
  /** Oldest first. Throws NotFoundError. */
  list(of: DomainsOf, options?: RequestOptions): List<Domain>;
  /** With what the last check has found. Throws NotFoundError. */
  get(id: string, options?: RequestOptions): Promise<Domain>;
  /**
   * Claims a name, such as `example.com`, `www.example.com` or `*.example.com`. Set its `records` at the name's provider: they are looked
   * for from now on, and the name leads to the environment once the TXT record has proven that it is yours.
   * Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (your organization has it already), InvalidStateError (the
   * environment is being deleted), PlanLimitError (there are too many), IdempotencyError.
   */
  add(input: DomainAddInput, options?: KeyedOptions): Promise<Domain>;
  /**
   * Has it looked at now, and often for an hour. Throws NotFoundError, ForbiddenError, InvalidStateError (its environment is being
   * deleted), CapacityError (it was less than 60 seconds ago), IdempotencyError.
   */
  recheck(domainId: string, options?: KeyedOptions): Promise<Domain>;
  /**
   * The name leads nowhere from then on, and is free for whoever proves that it is theirs. Throws NotFoundError, ForbiddenError,
   * IdempotencyError.
   */
  remove(domainId: string, options?: KeyedOptions): Promise<PayloadOf<DomainRemoveMutation>>;
}

export interface TryDomains {
  add(input: DomainAddInput, options?: KeyedOptions): Promise<ResultOf<DomainAddMutation>>;
  recheck(domainId: string, options?: KeyedOptions): Promise<ResultOf<DomainRecheckMutation>>;
  remove(domainId: string, options?: KeyedOptions): Promise<ResultOf<DomainRemoveMutation>>;
}

export function tryDomains({ mutate }: Calls): TryDomains {
  return {
    add: (input, options) => mutate(DomainAddDocument, { input: keyed(input, options) }, options),
    recheck: (domainId, options) => mutate(DomainRecheckDocument, { input: keyed({ domainId }, options) }, options),
    remove: (domainId, options) => mutate(DomainRemoveDocument, { input: keyed({ domainId }, options) }, options),
  };
}

export function domains({ request }: Calls, attempt: TryDomains): Domains {
  return {
    list: (of, options) =>
      pages(async (after, first) => {
        if ('projectId' in of) {
          const { project } = await request(DomainListDocument, { ...of, after, first }, options);
          return found(project, 'project', of.projectId).domains;
        }
        const { environment } = await request(EnvironmentDomainListDocument, { ...of, after, first }, options);
        return found(environment, 'environment', of.environmentId).domains;
      }),
    get: async (id, options) => {
      const thing = (await request(DomainDocument, { id }, options)).node;
      return found(thing?.__typename === 'Domain' ? thing : null, 'domain', id);
    },
    add: async (...call) => found(unwrap(await attempt.add(...call)).domain, 'domain'),
    recheck: async (...call) => found(unwrap(await attempt.recheck(...call)).domain, 'domain', call[0]),
    remove: async (...call) => unwrap(await attempt.remove(...call)),
  };
}
