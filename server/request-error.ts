import { GraphQLError } from 'graphql';

/** What is wrong with a request as a whole, and the HTTP status that says so. Expected failures of a mutation are Refusals instead. */
const statuses = {
  UNAUTHENTICATED: 401,
  RATE_LIMITED: 429,
  QUERY_TOO_COSTLY: 400,
  QUERY_TOO_DEEP: 400,
  DOCUMENT_TOO_LONG: 400,
  TOO_MANY_TOKENS: 400,
  TOO_MANY_ALIASES: 400,
  TOO_MANY_DIRECTIVES: 400,
  TOO_MANY_MUTATIONS: 400,
  PAGE_SIZE: 400,
  PERSISTED_DOCUMENT_REQUIRED: 400,
  PERSISTED_DOCUMENT_UNKNOWN: 400,
  INTROSPECTION_DISABLED: 400,
  BAD_REQUEST: 400,
  FORBIDDEN: 403,
  FORBIDDEN_ORIGIN: 403,
  PAYLOAD_TOO_LARGE: 413,
  TIMEOUT: 504,
  UNAVAILABLE: 503,
  INTERNAL: 500,
} as const;

export type RequestErrorCode = keyof typeof statuses;

export function requestError(
  code: RequestErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  const http = { status: statuses[code], headers: waitIn(extensions) };
  return new GraphQLError(message, { extensions: { code, ...extensions, http } });
}

function waitIn({ retryAfterMs }: Readonly<Record<string, unknown>>): Record<string, string> | undefined {
  return typeof retryAfterMs === 'number' ? { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } : undefined;
}

/** For what needs somebody who has signed in. */
export function missingSession(): GraphQLError {
  const message = 'Sign in first: send the session\'s token as "Authorization: Bearer …".';
  return requestError('UNAUTHENTICATED', message, { reason: 'MISSING' });
}

export function isRequestErrorCode(code: unknown): code is RequestErrorCode {
  return typeof code === 'string' && Object.hasOwn(statuses, code);
}
