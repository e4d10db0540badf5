import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex, Writable } from 'node:stream';
import { inForce } from '@apployd/core/bandwidth';
import { normalHostname } from '@apployd/core/hostname';
import { usualMostPerAddress } from '@apployd/core/visitor-limit';
import type { Address } from '../address.js';
import type { Platform } from '../platform.js';
import { admitOnly, connectionLimit } from './connection-limit.js';
import { connections } from './connections.js';
import { placeOf, type Destination } from './destination.js';
import { director, healthPath } from './direct.js';
import { embeddedForward } from './embedded-forward.js';
import { tlsListener } from './embedded-tls.js';
import { embeddedUpgrade } from './embedded-upgrade.js';
import { platformHeaders, relayedHeaders, requestHeaders, requestIdOf } from './headers.js';
import { challengeLookup, isChallenge } from './challenge-lookup.js';
import { http2AtSocket } from './http2-at-socket.js';
import { http2Forward } from './http2-forward.js';
import { http2Sessions } from './http2-sessions.js';
import { inFront, mostBytesOf } from './in-front.js';
import { limitedBody } from './limited-body.js';
import { hold, usualHoldTimes, type HoldTimes } from './hold.js';
import { holding } from './holding.js';
import { asHttp1, connectionOf } from './http2-request.js';
import { httpServer, listen, type AtPort, type AtSocket } from './http-server.js';
import { meter } from './meter.js';
import { errorAnswer, type OwnErrorCode } from './own-answer.js';
import { pacer } from './pace.js';
import { platformDestinations } from './platform-destinations.js';
import { routeTable } from './route-table.js';
import type { AskToWake, Router, TlsOptions } from './router.js';
import { secureNames } from './secure-names.js';
import { mayBeStrict, secureVisit, strictTransport } from './secure-visit.js';
import { serveAsPlain } from './serve-as-plain.js';
import { hasBody, isEncrypted, isRepeatable, senderOf } from './visit.js';
import { sideCounts } from './side-counts.js';
import { watchBody } from './slow-body.js';
import { relayedTicket, takeTicket, type Ticket } from './ticket.js';
import { visitLimits } from './visit-limits.js';
import { visitorPasswords, type VisitorPasswords } from './visitor-passwords.js';
import { linger, writeAnswer, writeRawAnswer } from './write-answer.js';

export type EmbeddedOptions = (
  | (AtPort & { readonly tls?: TlsOptions; readonly http2SocketPath?: undefined })
  | Relay
) & {
  readonly platform: Platform;
  /** Addresses and subnets of proxies in front, whose x-forwarded headers are believed. None by default. */
  readonly trustedProxies?: readonly string[];
  readonly connectTimeoutMs?: number;
  /** From the end of a request to the head of its answer. */
  readonly answerTimeoutMs?: number;
  /** The header of a request arrives within it. */
  readonly headerMs?: number;
  /** A visitor who sends less of a body in it than at the least rate is cut off. */
  readonly bodyIdleMs?: number;
  /** Connections of one address that may be open at a time. */
  readonly mostPerAddress?: number;
  /** Requests of one environment, by all its host names, that may be open at a time. */
  readonly mostPerEnvironment?: number;
  /** Asked when somebody visits what sleeps. */
  readonly onAsleep?: AskToWake;
  readonly holdTimes?: HoldTimes;
  /** Visitors of what sleeps that may be held at a time, of all host names. */
  readonly mostHeld?: number;
  /** Told of every request. */
  readonly onRequest?: () => void;
  /** Told of every error that the edge answers itself. */
  readonly onError?: (code: OwnErrorCode) => void;
  readonly isReady?: () => boolean;
  readonly passwords?: VisitorPasswords;
};

/** At a socket that only a neighbour of the edge's own reaches: it has said already who its visitors are, and is believed. */
type Relay = AtSocket & {
  readonly tls?: undefined;
  /** Where HTTP/2 is spoken. */
  readonly http2SocketPath?: string;
};

/** Of what an environment is slowed down to; nobody waits for a page for longer. */
const mostPacedWaitMs = 30_000;

/** A proxy in this process, on Node's HTTP server and httpxy. */
export function embeddedRouter(options: EmbeddedOptions): Router {
  const {
    connectTimeoutMs = 3_000,
    answerTimeoutMs = 120_000,
    bodyIdleMs = 60_000,
    mostPerEnvironment = 4_000,
  } = options;
  const { onAsleep = () => {}, holdTimes = usualHoldTimes, mostHeld = 10_000 } = options;
  const { onRequest = () => {}, onError = () => {}, isReady = () => true } = options;
  const table = routeTable();
  const traffic = meter();
  const sides = sideCounts();
  const pool = connections({ connectTimeoutMs });
  const forward = embeddedForward({ connections: pool, answerTimeoutMs });
  const sessions = http2Sessions(pool);
  const forwardHttp2 = http2Forward({ sessions, answerTimeoutMs });
  const upgrade = embeddedUpgrade({ connections: pool, answerTimeoutMs, onError });
  const platform = platformDestinations(options.platform);
  const isFull = (environmentId: string) => traffic.inFlight(environmentId) >= mostPerEnvironment;
  const sender = senderOf(options.trustedProxies ?? []);
  const limits = visitLimits();
  const paces = pacer();
  const { passwords = visitorPasswords() } = options;
  const isRelay = options.socketPath !== undefined;
  const { tls } = options;
  const names = secureNames();
  const visitorOf = (req: IncomingMessage) => sender(req).visitor;
  const isServed = (hostname: string, req: IncomingMessage) => !isEncrypted(req) || names.has(hostname);
  // A neighbour in front has answered by the same settings already.
  const answerInFront = isRelay ? () => null : inFront({ table, limits, isServed, visitorOf, onError });
  const direct = director({ table, platform, isReady, isFull, inFront: answerInFront, onError });
  const isAsleep = (hostname: string) => table.find(hostname)?.isAsleep ?? false;
  const holds = holding({ ask: onAsleep, isAsleep, mostPerHostname: mostPerEnvironment, most: mostHeld });
  const server = httpServer(onError, options.headerMs);
  const { mostPerAddress: most = usualMostPerAddress, trustedProxies = [] } = options;
  const admit = connectionLimit({ most, trustedProxies });
  // A neighbour in front has one address for everybody.
  if (!isRelay) admitOnly(server, admit);
  const secure = secureVisit(tls, names);
  const answerChallenge = tls && challengeLookup(tls.challenges);
  const upgraded = new Set<Socket>();
  let isClosing = false;

  /** The same destination, or what its host name leads to since. */
  const follow = (found: Destination, ticket: Ticket | null) => () => {
    const now = found.environmentId === null ? found : table.find(found.hostname);
    return now && placeOf(now, ticket?.number ?? null);
  };

  /** Of headers as the app gets them. */
  const ticketFor = (found: Destination, req: IncomingMessage) => {
    if (isRelay) return relayedTicket(req);
    return found.environmentId === null ? null : takeTicket(found, req, sides);
  };

  const headersFor = ({ environmentId }: Destination) => {
    if (isRelay) return relayedHeaders;
    return environmentId === null ? platformHeaders : requestHeaders;
  };

  const throttleOf = ({ environmentId, bandwidth }: Destination) => {
    const limit = environmentId === null ? null : inForce(bandwidth, new Date());
    return limit?.rule === 'THROTTLE' ? limit : null;
  };

  /** Who would wait for the first bytes of an answer for too long is told so, and the app is not asked. */
  const refuseCrowd = (found: Destination): OwnErrorCode | null => {
    const limit = throttleOf(found);
    if (found.environmentId === null || !limit) return null;
    return paces.waitMs(found.environmentId, limit.bytesPerSecond) > mostPacedWaitMs ? 'OVERLOADED' : null;
  };

  /** What an answer goes through that begins while its environment is slowed down; it ends sooner when that does. */
  const paceFor = (found: Destination) => {
    const { environmentId, hostname } = found;
    const limit = throttleOf(found);
    if (environmentId === null || !limit) return null;
    return paces.stream(environmentId, () => {
      const now = inForce(table.find(hostname)?.bandwidth, new Date());
      return now === null || now.rule === 'STOP' ? now && limit.bytesPerSecond : now.bytesPerSecond;
    });
  };

  /** Nothing of the request is read meanwhile. */
  const heldUntilAwake = (found: Destination, req: IncomingMessage, connection: Writable) => {
    if (!found.isAsleep) return null;
    const left = new AbortController();
    connection.once('close', () => left.abort());
    return hold(holds, found, req, holdTimes, left.signal);
  };

  const changed = (routes: readonly string[], retired: readonly Address[]) => {
    retired.forEach(pool.retire);
    retired.forEach(sessions.retire);
    holds.changed(routes.map(normalHostname));
  };

  /** Who answers: what TLS asks for comes before what the host name leads to. */
  const decide = async (req: IncomingMessage) => {
    if (answerChallenge && isChallenge(req.url) && !isEncrypted(req))
      return answerChallenge(req.url ?? '', req.headers.accept);
    const found = direct(req);
    const isSettled = req.url === healthPath || ('status' in found && found.status === 400);
    const answer = isSettled ? found : (secure(req) ?? found);
    return 'status' in answer ? answer : ((await refuseStranger(answer, req)) ?? answer);
  };

  /** Who has not the password is asked for it; the app sees nothing of it. */
  const refuseStranger = async ({ edge }: Destination, req: IncomingMessage) => {
    if (isRelay || edge.passwords.length === 0) return null;
    const verdict = await passwords.check(edge.passwords, req.headers.authorization, visitorOf(req));
    delete req.headers.authorization;
    if (verdict === 'yes') return null;
    const code = verdict === 'busy' ? 'OVERLOADED' : 'UNAUTHORIZED';
    onError(code);
    return errorAnswer(code, req.headers.accept);
  };

  const enter = ({ hostname, environmentId }: Destination, req: IncomingMessage, socket: Socket) => {
    const leave = traffic.enter({ hostname, environmentId, socket });
    if (isRelay || environmentId === null) return leave;
    const leaveToo = limits.enter(environmentId, visitorOf(req));
    return () => {
      leave();
      leaveToo();
    };
  };

  const onVisit = async (req: IncomingMessage, res: ServerResponse) => {
    onRequest();
    if (isClosing) res.shouldKeepAlive = false;
    const found = await decide(req);
    // Of who has left meanwhile no end is told any more.
    if (res.destroyed) return;
    if ('status' in found) {
      // What passes for nobody is not the next one's on the same connection.
      res.once('close', traffic.enter({ hostname: '', environmentId: null, socket: connectionOf(req) }));
      return writeAnswer(req, res, found);
    }
    res.once('close', enter(found, req, connectionOf(req)));
    if (isEncrypted(req) && mayBeStrict(tls, found)) res.setHeader('strict-transport-security', strictTransport);
    const { accept } = req.headers;
    const refused = (await heldUntilAwake(found, req, res)) ?? refuseCrowd(found);
    if (res.destroyed) return;
    if (refused) {
      onError(refused);
      return writeAnswer(req, res, errorAnswer(refused, accept));
    }
    const requestId = requestIdOf(req.headers);
    const pace = paceFor(found);
    if (pace) res.once('close', () => pace.destroy());
    const visit = {
      ...{ pace, req, res, requestId, isRepeatable: isRepeatable(req) },
      body: isRelay ? null : limitedBody(req, res, mostBytesOf(found)),
      further: isRelay ? [] : found.edge.responseHeaders,
    };
    req.headers = headersFor(found)(req.headers, sender(req), requestId);
    const ticket = ticketFor(found, req);
    if (ticket) res.once('close', () => ticket.left());
    const isHttp1 = found.edge.protocol === 'HTTP1';
    // A call of gRPC may be quiet for long, both ways.
    if (isHttp1) watchBody(req, bodyIdleMs, () => void res.destroy());
    const failure = await (isHttp1 ? forward : forwardHttp2)({
      ...visit,
      ticket,
      destination: follow(found, ticket),
    });
    if (!failure || res.destroyed) return;
    const code = found.environmentId === null && failure === 'UPSTREAM_UNREACHABLE' ? 'PLATFORM_DOWN' : failure;
    onError(code);
    const answer = errorAnswer(code, accept);
    ticket?.answered(answer.status);
    writeAnswer(req, res, answer);
  };

  const onUpgrade = async (req: IncomingMessage, socket: Socket, head: Buffer) => {
    // Node has let go of the connection: without a listener its end would be the end of the process.
    socket.on('error', () => socket.destroy());
    if (req.headers.upgrade?.toLowerCase() !== 'websocket' || hasBody(req))
      return serveAsPlain(server, req, socket, head);
    onRequest();
    socket.once('finish', () => linger(socket));
    const found = await decide(req);
    if (socket.destroyed) return;
    if ('status' in found) return writeRawAnswer(socket, found);
    const leave = enter(found, req, socket);
    upgraded.add(socket);
    socket.once('close', () => {
      upgraded.delete(socket);
      leave();
    });
    const refused = (await heldUntilAwake(found, req, socket)) ?? refuseCrowd(found);
    if (socket.destroyed) return;
    if (refused) {
      onError(refused);
      return writeRawAnswer(socket, errorAnswer(refused, undefined));
    }
    const headers = headersFor(found)(req.headers, sender(req), requestIdOf(req.headers));
    req.headers = { ...headers, connection: 'Upgrade', upgrade: 'websocket' };
    const ticket = ticketFor(found, req);
    if (ticket) socket.once('close', () => ticket.left());
    await upgrade({ req, socket, head, pace: paceFor(found), ticket, destination: follow(found, ticket) });
  };

  server.on('request', (req, res) => void onVisit(req, res).catch(() => res.destroy()));
  server.on('upgrade', (req, socket: Duplex, head) => {
    void onUpgrade(req, socket as Socket, head).catch(() => socket.destroy());
  });

  const onHttp2 = (...both: Parameters<typeof asHttp1>) => {
    const [req, res] = asHttp1(...both);
    void onVisit(req, res).catch(() => res.destroy());
  };
  const relayed = options.http2SocketPath === undefined ? null : http2AtSocket(onHttp2);
  const secured = tls ? { port: tls.port, listener: tlsListener({ names, http1: server, onHttp2, admit }) } : null;

  return {
    certify: async (certificates) => names.put(certificates),
    decertify: async (hostnames) => names.forget(hostnames),
    apply: async (routes) =>
      changed(
        routes.map(({ hostname }) => hostname),
        table.apply(routes),
      ),
    forget: async (hostnames) => changed(hostnames, table.forget(hostnames)),
    traffic: async (after = {}) => ({ samples: traffic.take(), mark: after }),
    sides: async () => sides.take(),
    listen: async () => {
      const at = await listen(server, options);
      if (options.http2SocketPath !== undefined) await relayed?.listen(options.http2SocketPath);
      const tlsPort = secured ? await secured.listener.listen({ host: at.host, port: secured.port }) : null;
      return { ...at, tlsPort };
    },
    close: async (graceMs) => {
      isClosing = true;
      holds.close();
      const closed = Promise.all([
        new Promise<void>((resolve) => void server.close(() => resolve())),
        secured?.listener.close(),
        relayed?.close(),
      ]);
      const timer = setTimeout(() => {
        server.closeAllConnections();
        secured?.listener.cut();
        relayed?.cut();
        for (const socket of upgraded) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(timer);
      sessions.close();
      pool.close();
    },
  };
}
