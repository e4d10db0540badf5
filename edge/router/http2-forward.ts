import type { IncomingMessage, ServerResponse } from 'node:http';
import http2, { type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import type { Forward, Visit } from './embedded-forward.js';
import { Unreachable } from './connections.js';
import { responseHeaders } from './headers.js';
import { byName } from './http2-request.js';
import { isGrpcFailure } from './grpc-failure.js';
import type { Http2Sessions } from './http2-sessions.js';
import { BodyTooLarge } from './limited-body.js';
import type { OwnErrorCode } from './own-answer.js';
import { hasBody } from './visit.js';

const mostAttempts = 3;

/** The same for targets that speak HTTP/2, as those of gRPC do: both directions at once, and trailers at the end. */
export function http2Forward(options: {
  readonly sessions: Http2Sessions;
  /** From the end of the request to the head of the answer. */
  readonly answerTimeoutMs: number;
}): Forward {
  const { sessions, answerTimeoutMs } = options;
  return async (visit) => {
    // Until a connection stands nothing of the request is sent: another one may be tried.
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const address = visit.destination()?.next();
      if (!address) return 'NOBODY_HOME';
      const session = await sessions.open(address).catch(orUnreachable);
      if (visit.res.destroyed) return null;
      const stream = session && ask(session, visit.req);
      if (stream === 'BAD_REQUEST') return stream;
      if (stream) return pass(stream, visit, answerTimeoutMs);
    }
    return 'UPSTREAM_UNREACHABLE';
  };
}

function orUnreachable(error: unknown): null {
  if (error instanceof Unreachable) return null;
  throw error;
}

/** Null where the connection ended meanwhile. */
function ask(session: ClientHttp2Session, req: IncomingMessage): ClientHttp2Stream | 'BAD_REQUEST' | null {
  try {
    return session.request(requestOf(req), { endStream: !hasBody(req) });
  } catch (error) {
    // What else it throws is about headers that HTTP/2 does not have.
    return String((error as NodeJS.ErrnoException).code).endsWith('_SESSION') ? null : 'BAD_REQUEST';
  }
}

/** Resolves with null once the answer is over, or with why there is none. */
function pass(stream: ClientHttp2Stream, visit: Visit, answerTimeoutMs: number): Promise<OwnErrorCode | null> {
  const { req, res, body } = visit;
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const startTimer = () => {
    timer = setTimeout(() => {
      isLate = true;
      stream.close(http2.constants.NGHTTP2_CANCEL);
    }, answerTimeoutMs);
  };
  if (hasBody(req)) {
    (body ?? req).pipe(stream);
    body?.once('error', () => stream.close(http2.constants.NGHTTP2_CANCEL));
    if (req.complete) startTimer();
    else req.once('end', startTimer);
  } else startTimer();

  return new Promise((resolve) => {
    const leave = () => stream.close(http2.constants.NGHTTP2_CANCEL);
    res.once('close', leave);
    stream.once('response', (headers, flags) => {
      req.off('end', startTimer);
      clearTimeout(timer);
      relay(stream, headers, (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0, visit);
    });
    // Its end is told by `close`.
    stream.on('error', () => undefined);
    stream.once('close', () => {
      clearTimeout(timer);
      res.off('close', leave);
      if (!res.headersSent) return resolve(failureOf(visit, isLate));
      if (!stream.readableEnded) res.destroy();
      resolve(null);
    });
  });
}

function failureOf({ res, body }: Visit, isLate: boolean): OwnErrorCode | null {
  if (res.writableEnded) return null;
  if (body?.errored instanceof BodyTooLarge) return 'BODY_TOO_LARGE';
  return isLate ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNREACHABLE';
}

/** What holds together a request of HTTP/1.1 has its own place in HTTP/2. */
const ofHttp1 = new Set(['host', 'connection', 'transfer-encoding', 'upgrade', 'keep-alive', 'http2-settings']);

function requestOf({ method, url, headers }: IncomingMessage): http2.OutgoingHttpHeaders {
  const passed = Object.entries(headers).filter(([name]) => !ofHttp1.has(name));
  return {
    ...Object.fromEntries(passed),
    ':method': method ?? 'GET',
    ':path': url ?? '/',
    ':scheme': 'http',
    ':authority': headers.host ?? '',
    te: 'trailers',
  };
}

function relay(stream: ClientHttp2Stream, headers: IncomingHttpHeaders, isOver: boolean, visit: Visit): void {
  const { res, requestId, further, pace, ticket } = visit;
  const raw = Object.entries(headers).flatMap(([name, value]) => (name.startsWith(':') ? [] : pairsOf(name, value)));
  const said = responseHeaders({ rawHeaders: raw, headers: {} }, requestId, further);
  const passed = byName(ticket ? ticket.told(said) : said);
  try {
    res.statusCode = Number(headers[':status'] ?? 502);
    for (const [name, values] of Object.entries(passed))
      res.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  } catch {
    // What cannot be written in HTTP is no answer.
    return void stream.close(http2.constants.NGHTTP2_CANCEL);
  }
  ticket?.answered(res.statusCode);
  if (isGrpcFailure(headers)) ticket?.failed();
  // A head that is all there is has to stay one: of gRPC it says how a call has ended.
  if (isOver) return void res.end();
  res.flushHeaders();
  stream.once('trailers', (trailers) => {
    if (isGrpcFailure(trailers)) ticket?.failed();
    addTrailers(res, trailers);
  });
  if (pace) stream.pipe(pace).pipe(res);
  else stream.pipe(res);
}

function pairsOf(name: string, value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).flatMap((each) => [name, each]);
}

function addTrailers(res: ServerResponse, trailers: IncomingHttpHeaders): void {
  const pairs = Object.entries(trailers).flatMap(([name, value]) => pairsOf(name, value));
  try {
    res.addTrailers(
      Object.fromEntries(Object.entries(byName(pairs)).map(([name, values]) => [name, values.join(', ')])),
    );
  } catch {
    res.destroy();
  }
}
