import { GraphQLError } from 'graphql';

/** What is wrong with a request as a whole, and the HTTP status that says so. Expected failures of a mutation are Refusals instead. */
const statuses = {
  UNAUTHENTICATED: 401,
  RATE_LIMITED: 429,
  QUERY_TOO_COSTLY: 400,
  QUERY_TOO_DEEP: 400,
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
  return new GraphQLError(message, { extensions: { code, ...extensions, http: { status: statuses[code] } } });
}

/** For what needs somebody who has signed in. */
export function missingSession(): GraphQLError {
  const message = 'Sign in first: send the session\'s token as "Authorization: Bearer …".';
  return requestError('UNAUTHENTICATED', message, { reason: 'MISSING' });
}

export function isRequestErrorCode(code: unknown): code is RequestErrorCode {
  return typeof code === 'string' && Object.hasOwn(statuses, code);
}
