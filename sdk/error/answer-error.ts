import {
  type AnswerDetails,
  type ApploydError,
  AuthenticationError,
  RateLimitError,
  RequestError,
  ServerError,
} from './apployd-error.js';
import { domainError, type Failure, isRefusalCode } from './domain-error.js';

/** One entry of a GraphQL answer's `errors`. */
export type GraphQLProblem = { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> };

/** What is known besides the `errors` themselves. */
export type Answer = {
  readonly status?: number;
  readonly requestId?: string | null;
  readonly retryAfterMs?: number | null;
};

/** The typed error for an answer with `errors`: by their code, never by their text. */
export function answerError(problems: readonly GraphQLProblem[], answer: Answer = {}): ApploydError {
  const [{ message, extensions = {} } = { message: 'The server answered with an error that it does not describe.' }] =
    problems;
  const code = typeof extensions.code === 'string' ? extensions.code : codeOf(answer.status ?? 500);
  if (isRefusalCode(code)) return domainError({ retryable: false, ...extensions, code, message } as Failure);
  const details: AnswerDetails = {
    code,
    status: statuses[code] ?? (answer.status === 200 ? 400 : (answer.status ?? 0)),
    requestId: answer.requestId ?? textOf(extensions.requestId),
    retryAfterMs: answer.retryAfterMs ?? waitOf(extensions),
  };
  if (code === 'UNAUTHENTICATED') return new AuthenticationError(message, textOf(extensions.reason), details);
  if (code === 'RATE_LIMITED') return new RateLimitError(message, details);
  return details.status >= 500 || details.status === 408
    ? new ServerError(message, details)
    : new RequestError(message, details);
}

const statuses: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  RATE_LIMITED: 429,
  TIMEOUT: 504,
  UNAVAILABLE: 503,
  INTERNAL: 500,
  INTERNAL_SERVER_ERROR: 500,
};

function codeOf(status: number): string {
  const known = { 401: 'UNAUTHENTICATED', 408: 'TIMEOUT', 429: 'RATE_LIMITED', 503: 'UNAVAILABLE', 504: 'TIMEOUT' };
  return known[status as keyof typeof known] ?? (status >= 500 ? 'INTERNAL' : 'BAD_REQUEST');
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const waitOf = ({ retryAfterMs }: Readonly<Record<string, unknown>>): number | null =>
  typeof retryAfterMs === 'number' ? retryAfterMs : null;
