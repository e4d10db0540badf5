import { answerError, type GraphQLProblem } from '../error/answer-error.js';
import { NetworkError, ProtocolError, TimeoutError } from '../error/apployd-error.js';
import { type Endpoint, orNetworkError } from './post.js';
import type { RequestOptions } from './requests.js';
import { linked } from './time.js';

const longestLine = 16 * 1024 * 1024;

/**
 * The lines of a file of JSON, each as it arrives. `timeoutMs` is for the answer and for each part of it; the time that
 * the reader takes does not count. Leaving the loop ends the download.
 */
export async function* download<Line>(
  endpoint: Endpoint,
  url: string,
  timeoutMs: number,
  { signal, deadlineMs = Infinity }: RequestOptions = {},
): AsyncGenerator<Line, void> {
  const limit = linked(signal);
  const deadline = Date.now() + deadlineMs;
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    const ms = Math.max(1, Math.min(timeoutMs, deadline - Date.now()));
    const slow = new TimeoutError(`${url} sent nothing within ${Math.round(ms)} ms.`, ms);
    const timer = setTimeout(() => limit.abort(slow), ms);
    try {
      return await orNetworkError({ ...endpoint, url }, limit.signal, work);
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    const response = await inTime(get(endpoint, url, limit.signal));
    if (!response.ok) throw refusalOf(response, await inTime(response.text()));
    for await (const line of linesOf(response, inTime)) yield JSON.parse(line) as Line;
  } finally {
    limit.abort();
    limit.release();
  }
}

function get({ fetch, token }: Endpoint, url: string, signal: AbortSignal): Promise<Response> {
  const secret = token();
  return fetch(url, { headers: secret ? { authorization: `Bearer ${secret}` } : {}, signal });
}

async function* linesOf(response: Response, inTime: <T>(work: Promise<T>) => Promise<T>): AsyncGenerator<string, void> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let pending = '';
  for (;;) {
    const { done, value } = await inTime(reader.read());
    if (done) break;
    const lines = (pending + decoder.decode(value, { stream: true })).split('\n');
    pending = lines.pop() ?? '';
    if (pending.length > longestLine) throw new ProtocolError('A line of the download is too long.');
    yield* lines;
  }
  if (pending !== '') throw new NetworkError('The download broke off within a line.');
}

function refusalOf({ status, headers }: Response, text: string): Error {
  const retryAfter = Number(headers.get('retry-after') ?? NaN);
  return answerError(problemsIn(text) ?? [{ message: `The server answered ${status}.` }], {
    status,
    requestId: headers.get('x-request-id'),
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1_000 : null,
  });
}

function problemsIn(text: string): readonly GraphQLProblem[] | null {
  try {
    return (JSON.parse(text) as { errors?: readonly GraphQLProblem[] } | null)?.errors ?? null;
  } catch {
    return null;
  }
}
