import {
  AnswerError,
  NetworkError,
  ProtocolError,
  RateLimitError,
  ServerError,
  TimeoutError,
} from '../error/apployd-error.js';
import { DomainError, type Failure } from '../error/domain-error.js';
import type { TypedDocument } from '../typed-document.js';
import type { ResultOf } from '../types.js';
import { describeDocument } from './document.js';
import { type Endpoint, post } from './post.js';
import { type Delays, delayMs, sleep } from './time.js';

/** How one call may be bounded by its caller. */
export type RequestOptions = {
  /** Gives the call up; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole call, with its retries. It rejects with the last error, or TimeoutError. */
  readonly deadlineMs?: number;
};

export type KeyedOptions = RequestOptions & {
  /**
   * The same key with the same input gives the same result instead of doing it twice, for 24 hours. The SDK makes one for each
   * call, so that it may retry; give your own when a retry may come from another process.
   */
  readonly idempotencyKey?: string;
};

export type Requests = {
  /** The data of any operation; throws when the answer has errors. */
  request<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Result>;
  /** The result union of a mutation. Failures are returned, after retries where that is safe. */
  mutate<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<ResultOf<Result>>;
};

export type RetryPolicy = { readonly retries: number; readonly timeoutMs: number; readonly delays: Delays };

export function requests(endpoint: Endpoint, policy: RetryPolicy): Requests {
  return {
    request: async (document, variables, options = {}) => {
      const send = (timeoutMs: number) => post(endpoint, { document, variables }, timeoutMs, options.signal);
      return (await repeated(policy, options, mayRepeat(document, variables), send)) as never;
    },
    mutate: async (document, variables, options = {}) => {
      const send = async (timeoutMs: number) => {
        const data = await post(endpoint, { document, variables }, timeoutMs, options.signal);
        const result = rootOf(data);
        if (isFailure(result) && result.retryable) throw new RetryableFailure(result);
        return result;
      };
      try {
        return (await repeated(policy, options, mayRepeat(document, variables), send)) as never;
      } catch (error) {
        if (error instanceof RetryableFailure) return error.failure as never;
        throw error;
      }
    },
  };
}

/** Whether a mutation's result is one of its failures. */
export function isFailure(result: unknown): result is Failure {
  return typeof result === 'object' && result !== null && 'code' in result && 'message' in result;
}

class RetryableFailure extends DomainError {}

/** A query can always be asked again; a mutation only when the server can tell that it is the same one. */
function mayRepeat(document: string, variables: unknown): boolean {
  if (!describeDocument(document).isMutation) return true;
  const { input } = (variables ?? {}) as { input?: { idempotencyKey?: unknown } };
  return typeof input?.idempotencyKey === 'string';
}

function rootOf(data: unknown): unknown {
  const [root] = Object.values(data as Record<string, unknown>);
  if (root === null || root === undefined) throw new ProtocolError('The mutation has neither a result nor an error.');
  return root;
}

async function repeated<T>(
  { retries, timeoutMs, delays }: RetryPolicy,
  { signal, deadlineMs = Infinity }: RequestOptions,
  safe: boolean,
  send: (timeoutMs: number) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(Math.min(timeoutMs, Math.max(1, deadline - Date.now())));
    } catch (error) {
      if (!safe || attempt > retries || !isPassing(error)) throw error;
      const waitMs = Math.max(delayMs(attempt, delays), askedWaitMs(error));
      if (Date.now() + waitMs >= deadline) throw error;
      await sleep(waitMs, signal);
    }
  }
}

/** Whether the same request may get a better answer later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof DomainError) return error.retryable;
  if (error instanceof ServerError) return passingStatuses.has(error.status);
  return error instanceof NetworkError || error instanceof TimeoutError || error instanceof RateLimitError;
}

const passingStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

const longestAskedWaitMs = 60_000;

/** What `Retry-After` asks for, a minute at most. */
export function askedWaitMs(error: unknown): number {
  return error instanceof AnswerError ? Math.min(error.retryAfterMs ?? 0, longestAskedWaitMs) : 0;
}
