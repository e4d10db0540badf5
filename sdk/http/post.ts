import { answerError, type GraphQLProblem } from '../error/answer-error.js';
import { NetworkError, ProtocolError, TimeoutError } from '../error/apployd-error.js';
import { version } from '../version.js';
import { describeDocument } from './document.js';
import { documentId } from './document-id.js';
import { linked } from './time.js';

export type Endpoint = {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly token: () => string | null;
  /** Names documents by their ids instead of sending them. */
  readonly byId: boolean;
};

export type Operation = { readonly document: string; readonly variables: unknown };

/** Sends one operation once and returns its `data`. Throws typed errors; the caller's abort reason as it is. */
export async function post(
  endpoint: Endpoint,
  operation: Operation,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<unknown> {
  const limit = linked(signal);
  const slow = new TimeoutError(`No answer from ${endpoint.url} within ${Math.round(timeoutMs)} ms.`, timeoutMs);
  const timer = setTimeout(() => limit.abort(slow), timeoutMs);
  try {
    const response = await ask(
      endpoint,
      operation,
      'application/graphql-response+json, application/json',
      limit.signal,
    );
    return dataOf(response, await orNetworkError(endpoint, limit.signal, response.text()));
  } finally {
    clearTimeout(timer);
    limit.release();
  }
}

/** The bare POST of an operation, answered in whatever `accept` names. */
export async function ask(
  endpoint: Endpoint,
  operation: Operation,
  accept: string,
  signal: AbortSignal,
): Promise<Response> {
  const token = endpoint.token();
  const body = await bodyOf(endpoint, operation);
  const response = endpoint.fetch(endpoint.url, {
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      'x-apployd-client': `apployd-sdk/${version}`,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(body),
    signal,
  });
  return orNetworkError(endpoint, signal, response);
}

async function bodyOf({ byId }: Endpoint, { document, variables }: Operation): Promise<object> {
  const { operationName } = describeDocument(document);
  return byId
    ? { documentId: await documentId(document), variables, operationName }
    : { query: document, variables, operationName };
}

/** Whatever went wrong under a response, in our words. */
export async function orNetworkError<T>({ url }: Endpoint, signal: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new NetworkError(`Could not reach ${url}: ${reasonOf(error)}.`, { cause: error });
  }
}

/** The `data` of a JSON answer, or the typed error that it stands for. */
export function dataOf(response: Response, text: string): unknown {
  const body = parse(text);
  const problems = body?.errors;
  if (problems?.length || !response.ok) {
    throw answerError(problems ?? [{ message: `The server answered ${response.status}.` }], {
      status: response.status,
      requestId: response.headers.get('x-request-id'),
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
    });
  }
  if (!body || body.data === undefined || body.data === null) {
    throw new ProtocolError(
      `${response.url || 'The server'} did not answer with GraphQL. Is this the address of the API?`,
    );
  }
  return body.data;
}

type Body = { data?: unknown; errors?: readonly GraphQLProblem[] };

function parse(text: string): Body | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' ? (body as Body | null) : null;
  } catch {
    return null;
  }
}

/** `Retry-After` comes as seconds or as a date. */
function retryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error)) return String(inner);
  return inner.message || ('code' in inner ? String(inner.code) : inner.name);
}
