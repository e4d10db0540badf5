import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { createProxyServer } from 'httpxy';
import type { Transform } from 'node:stream';
import type { ResponseHeader } from '@apployd/core/response-header';
import type { Address } from '../address.js';
import { Unreachable, type Connections } from './connections.js';
import type { Destination } from './destination.js';
import type { Ticket } from './ticket.js';
import { isGrpcFailure } from './grpc-failure.js';
import { responseHeaders } from './headers.js';
import { BodyTooLarge } from './limited-body.js';
import type { OwnErrorCode } from './own-answer.js';
import { byName, isHttp2 } from './http2-request.js';
import { hasBody } from './visit.js';

/** A request that wants an answer from a target. */
export type Visit = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** It may be sent twice. */
  readonly isRepeatable: boolean;
  /** In the place of the request's own body. */
  readonly body: Transform | null;
  /** Said with the answer, whatever the target says under these names. */
  readonly further: readonly ResponseHeader[];
  /** What the answer goes through on its way; null where it goes as it comes. */
  readonly pace: Transform | null;
  /** While a rollout serves two releases. */
  readonly ticket: Ticket | null;
  /** Where it should go now; asked again before it is tried again. */
  destination(): Pick<Destination, 'next'> | undefined;
};

/** Passes a request on and its answer back. Resolves with null once the answer is over, or with why there is none. */
export type Forward = (visit: Visit) => Promise<OwnErrorCode | null>;

/** One try at one target. */
type Attempt = {
  readonly visit: Visit;
  upstream?: ClientRequest;
  timer?: NodeJS.Timeout;
  isLate: boolean;
  isSettled: boolean;
};

/** A connection gone stale, a refused one and one more. */
const mostAttempts = 3;

export function embeddedForward(options: {
  readonly connections: Connections;
  /** From the end of the request to the head of the answer. */
  readonly answerTimeoutMs: number;
}): Forward {
  const { connections, answerTimeoutMs } = options;
  // Not a WeakMap: with a key per request its upkeep is felt in garbage collection.
  const attempts = new Map<IncomingMessage, Attempt>();
  const proxy = createProxyServer();

  proxy.on('proxyReq', (upstream, req) => {
    const attempt = attempts.get(req);
    if (attempt) watch(attempt, upstream, answerTimeoutMs);
  });
  proxy.on('proxyRes', (answer, req) => {
    const attempt = attempts.get(req);
    if (attempt) relay(attempt, answer);
  });

  const send = async (visit: Visit, { host, port }: Address, agent: Agent): Promise<Failure | null> => {
    const attempt: Attempt = { visit, isLate: false, isSettled: false };
    attempts.set(visit.req, attempt);
    // Also when the answer is over: an app may have said it before the body has ended.
    visit.body?.on('error', (error) => void attempt.upstream?.destroy(error));
    try {
      await proxy.web(visit.req, visit.res, {
        target: { protocol: 'http:', host, port },
        agent,
        selfHandleResponse: true,
        ...(visit.body && { buffer: visit.body }),
      });
      return null;
    } catch (error) {
      return failureOf(attempt, error);
    } finally {
      settle(attempt);
      attempts.delete(visit.req);
    }
  };

  return async (visit) => {
    let failed: Address | undefined;
    let failure: Failure = { code: 'UPSTREAM_UNREACHABLE', mayTryAgain: true };
    for (let attempt = 1; attempt <= mostAttempts && failure.mayTryAgain; attempt += 1) {
      const address = visit.destination()?.next();
      if (!address) return 'NOBODY_HOME';
      if (failed && isSame(failed, address) && failure.wasUnreachable) break;
      const first = visit.isRepeatable ? connections.pooled : connections.recent;
      const outcome = await send(visit, address, attempt === 1 ? first : connections.unused);
      if (!outcome || visit.res.headersSent || visit.res.destroyed) return endOf(visit, outcome);
      failure = outcome;
      failed = address;
    }
    return failure.code;
  };
}

type Failure = { readonly code: OwnErrorCode; readonly mayTryAgain: boolean; readonly wasUnreachable?: boolean };

function failureOf(attempt: Attempt, error: unknown): Failure {
  if (error instanceof Unreachable) return { code: 'UPSTREAM_UNREACHABLE', mayTryAgain: true, wasUnreachable: true };
  if (attempt.visit.body?.errored instanceof BodyTooLarge) return { code: 'BODY_TOO_LARGE', mayTryAgain: false };
  if (attempt.isLate) return { code: 'UPSTREAM_TIMEOUT', mayTryAgain: false };
  if (!attempt.upstream) return { code: 'BAD_REQUEST', mayTryAgain: false };
  const wasStale = attempt.upstream.reusedSocket && attempt.visit.isRepeatable;
  return { code: 'UPSTREAM_UNREACHABLE', mayTryAgain: wasStale };
}

/** Half an answer cannot be taken back: the visitor must see it break. */
function endOf(visit: Visit, failure: Failure | null): null {
  if (failure && !visit.res.destroyed) visit.res.destroy();
  return null;
}

const isSame = (a: Address, b: Address) => a.host === b.host && a.port === b.port;

/** The request is on its connection from here on. */
function watch(attempt: Attempt, upstream: ClientRequest, timeoutMs: number): void {
  const { req, res } = attempt.visit;
  attempt.upstream = upstream;
  // httpxy asks for an end after chunked uploads; an app that ends without having read all of one would cut its own answer off.
  upstream.setHeader('connection', 'keep-alive');
  upstream.on('information', (info) => passInformation(info.statusCode, info.headers, res));
  const startTimer = () => {
    // An answer may begin, or fail to come, before the request has ended.
    if (attempt.isSettled) return;
    attempt.timer = setTimeout(() => {
      attempt.isLate = true;
      upstream.destroy(new Error(`No answer within ${timeoutMs} ms.`));
    }, timeoutMs);
  };
  if (hasBody(req) && !req.complete) req.once('end', startTimer);
  else startTimer();
}

/** It is known how it went: there is nothing to wait for any more. */
function settle(attempt: Attempt): void {
  attempt.isSettled = true;
  clearTimeout(attempt.timer);
}

function relay(attempt: Attempt, answer: IncomingMessage): void {
  const { res, requestId, further, pace, ticket } = attempt.visit;
  settle(attempt);
  try {
    const passed = responseHeaders(answer, requestId, further);
    const headers = ticket ? ticket.told(passed) : passed;
    // HTTP/2 has no words beside the status, and takes no list.
    if (isHttp2(attempt.visit.req)) res.writeHead(answer.statusCode ?? 502, byName(headers));
    else res.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
  } catch (error) {
    // What cannot be written in HTTP is no answer: the visitor gets one of ours.
    attempt.upstream?.destroy(error as Error);
    return;
  }
  ticket?.answered(res.statusCode);
  if (isGrpcFailure(answer.headers)) ticket?.failed();
  if (pace || answer.headers['content-length'] === undefined) stream(answer, res);
  if (pace) answer.pipe(pace).pipe(res);
  else answer.pipe(res);
}

/** The end may be far, its length unknown: its head goes out at once, its trailers at the end. */
function stream(answer: IncomingMessage, res: ServerResponse): void {
  res.flushHeaders();
  answer.once('end', () => {
    const { rawTrailers } = answer;
    const pairs = rawTrailers.flatMap((name, i): [string, string][] =>
      i % 2 ? [] : [[name, rawTrailers[i + 1] ?? '']],
    );
    if (pairs.length > 0) res.addTrailers(pairs);
  });
}

function passInformation(status: number, headers: IncomingMessage['headers'], res: ServerResponse): void {
  if (res.headersSent || res.req.httpVersion === '1.0') return;
  try {
    if (status === 102) res.writeProcessing();
    if (status === 103 && headers['link']) res.writeEarlyHints({ link: headers['link'] });
  } catch {
    // A hint that Node finds malformed is left out.
  }
}
