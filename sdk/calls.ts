import type { KeyedOptions, RequestOptions, Requests } from './http/requests.js';
import type { Delays } from './http/time.js';
import type { Streams } from './stream/streams.js';
import { ForbiddenError, NotFoundError, domainError } from './error/domain-error.js';
import type { OrganizationRole } from './generated/types.js';
import { isFailure } from './http/requests.js';

/** What the namespaces of the client are made of. */
export type Calls = Requests & {
  readonly streams: Streams;
  readonly delays: Delays;
  /** The lines of a file that the API has named, each as JSON. */
  download<Line>(url: string, options?: RequestOptions): AsyncIterable<Line>;
};

/** The payload of a result; throws the DomainError of a failure. */
export function unwrap<Result>(result: Result): Exclude<Result, { readonly code: string }> {
  if (isFailure(result)) throw domainError(result);
  return result as Exclude<Result, { readonly code: string }>;
}

/** What was looked up, or NotFoundError. */
export function found<T>(thing: T | null | undefined, what: string, targetId: string | null = null): T {
  if (thing !== null && thing !== undefined) return thing;
  const message = `There is no such ${what}, or you may not see it.`;
  throw new NotFoundError({ code: 'NOT_FOUND', message, retryable: false, targetId });
}

/** What the API shows to some roles alone: null for the others. */
export function permitted<T>(thing: T | null, requiredRole: OrganizationRole): T {
  if (thing !== null) return thing;
  const message = `Your role may not see this; ask for ${requiredRole}.`;
  throw new ForbiddenError({ code: 'FORBIDDEN', message, retryable: false, requiredRole });
}

/**
 * The input with a key, made once for the call and the same in each of its attempts: so that it may be repeated without
 * doing it twice.
 */
export function keyed<Input extends object>(
  input: Input & { readonly idempotencyKey?: string | null },
  options?: KeyedOptions,
): Input & { readonly idempotencyKey: string } {
  return { ...input, idempotencyKey: input.idempotencyKey ?? options?.idempotencyKey ?? newIdempotencyKey() };
}

/** A new key for one call: 128 random bits. Not randomUUID, which pages without https lack. */
function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
