import { type Calls, keyed, unwrap } from './calls.js';
import { ForbiddenError } from './error/domain-error.js';
import {
  OperatorListDocument,
  OperatorSetDocument,
  PlatformAuditLogDocument,
  PlatformOrganizationListDocument,
  ServerListDocument,
} from './generated/operations.js';
import type { AuditFilter, OperatorSetInput, OperatorSetMutation, PersonFragment } from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { AuditEvent, OrganizationHealth, PayloadOf, ResultOf, Server } from './types.js';

/** The installation as a whole: for operators who have signed in, not for tokens. Throws ForbiddenError for all others. */
export interface Platform {
  /** How every organization is, oldest first; `search` looks for a part of its name or slug. */
  organizations(of?: { readonly search?: string }, options?: RequestOptions): List<OrganizationHealth>;
  /** What operators have done, newest first: plans changed or given, operators made or unmade. */
  audit(of?: { readonly filter?: AuditFilter }, options?: RequestOptions): List<AuditEvent>;
  operators(options?: RequestOptions): Promise<readonly PersonFragment[]>;
  /** The machines on which apps run, by name: whether they are there, and how full they are. */
  servers(options?: RequestOptions): Promise<readonly Server[]>;
  /** Makes somebody an operator, or ends it. Throws NotFoundError, ForbiddenError, InvalidStateError (the last operator). */
  setOperator(input: OperatorSetInput, options?: KeyedOptions): Promise<PayloadOf<OperatorSetMutation>>;
}

export interface TryPlatform {
  setOperator(input: OperatorSetInput, options?: KeyedOptions): Promise<ResultOf<OperatorSetMutation>>;
}

export function tryPlatform({ mutate }: Calls): TryPlatform {
  return {
    setOperator: (input, options) => mutate(OperatorSetDocument, { input: keyed(input, options) }, options),
  };
}

export function platform({ request }: Calls, attempt: TryPlatform): Platform {
  return {
    organizations: ({ search } = {}, options) =>
      pages(async (after, first) => {
        const seen = await request(PlatformOrganizationListDocument, { search, after, first }, options);
        return ofOperator(seen.platform).organizations;
      }),
    audit: ({ filter } = {}, options) =>
      pages(async (after, first) => {
        const seen = await request(PlatformAuditLogDocument, { filter, after, first }, options);
        return ofOperator(seen.platform).auditLog;
      }),
    operators: async (options) => ofOperator((await request(OperatorListDocument, {}, options)).platform).operators,
    servers: async (options) => ofOperator((await request(ServerListDocument, {}, options)).platform).servers,
    setOperator: async (...call) => unwrap(await attempt.setOperator(...call)),
  };
}

function ofOperator<T>(platform: T | null): T {
  if (platform !== null) return platform;
  const message = 'Only the operator of this platform sees this, signed in by e-mail and password.';
  throw new ForbiddenError({ code: 'FORBIDDEN', message, retryable: false });
}
