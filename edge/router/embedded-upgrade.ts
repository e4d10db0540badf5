import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Transform } from 'node:stream';
import { createProxyServer } from 'httpxy';
import { byName } from './http2-request.js';
import { handOver, type Connections } from './connections.js';
import type { Destination } from './destination.js';
import { errorAnswer, errorHeader, type OwnErrorCode } from './own-answer.js';
import type { Ticket } from './ticket.js';
import { writeRawAnswer } from './write-answer.js';

/** A request to go on as a WebSocket. */
export type UpgradeVisit = {
  readonly req: IncomingMessage;
  /** Its errors are listened to already. */
  readonly socket: Socket;
  readonly head: Buffer;
  /** What the visitor is sent goes through this on its way; null where it goes as it comes. */
  readonly pace: Transform | null;
  /** While a rollout serves two releases. */
  readonly ticket: Ticket | null;
  destination(): Pick<Destination, 'next' | 'targets'> | undefined;
};

/** Joins a visitor's connection with one to a target, until either side ends it. */
export type Upgrade = (visit: UpgradeVisit) => Promise<void>;

const keepAliveMs = 30_000;
const lastBytesMs = 30_000;

export function embeddedUpgrade(options: {
  readonly connections: Connections;
  readonly answerTimeoutMs: number;
  readonly onError: (code: OwnErrorCode) => void;
}): Upgrade {
  const { connections, answerTimeoutMs, onError } = options;
  const proxy = createProxyServer();
  const answered = new WeakSet<Socket>();
  const paces = new WeakMap<Socket, Transform>();
  const tickets = new WeakMap<object, Ticket>();

  const fail = (socket: Socket, code: OwnErrorCode) => {
    onError(code);
    const answer = errorAnswer(code, undefined);
    tickets.get(socket)?.answered(answer.status);
    writeRawAnswer(socket, answer);
  };

  proxy.on('proxyReqWs', (upstream, _req, socket) => {
    const timer = setTimeout(() => upstream.destroy(new Late()), answerTimeoutMs);
    const onAnswer = (answer: IncomingMessage) => {
      clearTimeout(timer);
      answered.add(socket);
      delete answer.headers[errorHeader];
      const ticket = tickets.get(socket);
      if (ticket) tell(answer, ticket);
    };
    upstream.once('response', (answer) => {
      onAnswer(answer);
      const pace = paces.get(socket);
      if (pace) slowAnswerDown(answer, pace);
    });
    upstream.once('upgrade', (answer, target) => {
      onAnswer(answer);
      join(socket, target as Socket, paces.get(socket));
    });
    upstream.once('close', () => clearTimeout(timer));
    socket.once('close', () => {
      if (!answered.has(socket)) upstream.destroy();
    });
  });
  // Called before httpxy ends the visitor's connection.
  proxy.on('error', (error, _req, socket) => {
    const client = socket as Socket;
    if (answered.has(client) || !client.writable) return;
    answered.add(client);
    fail(client, error instanceof Late ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNREACHABLE');
  });

  /** Nobody reads before the app has answered, and without that it is not seen that a visitor has left. What they say is kept. */
  const seeLeaving = (socket: Socket) => {
    socket.once('end', () => {
      if (!answered.has(socket)) socket.destroy();
    });
    socket.read(0);
  };

  return async ({ req, socket, head, pace, ticket, destination }) => {
    if (pace) {
      paces.set(socket, pace);
      socket.once('close', () => pace.destroy());
    }
    if (ticket) tickets.set(socket, ticket);
    const target = await connectAny(connections, destination);
    if (!target) return fail(socket, 'UPSTREAM_UNREACHABLE');
    if (socket.destroyed) return void target.socket.destroy();
    const { host, port } = target;
    const agent = handOver(target.socket);
    seeLeaving(socket);
    await proxy
      .ws(req, socket, { target: { protocol: 'http:', host, port }, agent }, head)
      .catch(() => socket.destroy());
  };
}

class Late extends Error {}

/** A cookie that comes with the handshake counts for all that follows. */
function tell(answer: IncomingMessage, ticket: Ticket): void {
  ticket.answered(answer.statusCode ?? 502);
  const told = byName(ticket.told([]));
  for (const cookie of told['set-cookie'] ?? []) {
    answer.headers['set-cookie'] = [...(answer.headers['set-cookie'] ?? []), cookie];
  }
}

/** A connection to the first target, in turn, that takes one. */
async function connectAny(connections: Connections, destination: UpgradeVisit['destination']) {
  const tries = Math.min(3, destination()?.targets.length ?? 0);
  for (let i = 0; i < tries; i += 1) {
    const address = destination()?.next();
    const socket = address && (await connections.connect(address).catch(() => null));
    if (socket) return { ...address, socket };
  }
  return null;
}

/** Neither side outlives the other by more than its last bytes, and a vanished one is noticed. */
function join(client: Socket, target: Socket, pace: Transform | undefined): void {
  const pairs = [
    [client, target],
    [pace ?? target, client],
  ] as const;
  for (const [each, other] of pairs) {
    each.once('close', () => {
      other.setTimeout(lastBytesMs, () => other.destroy());
      other.destroySoon();
    });
  }
  // After httpxy has joined them, and set its own, slower one.
  process.nextTick(() => {
    for (const each of [client, target]) each.setKeepAlive(true, keepAliveMs);
    if (pace) slowDown(client, target, pace);
  });
}

/** Of an app that answers as if nobody had asked for a WebSocket: before httpxy pipes it on, by way of the chunks it makes. */
function slowAnswerDown(answer: IncomingMessage, pace: Transform): void {
  const pipe = answer.pipe.bind(answer);
  answer.pipe = (into, options) => pipe(pace).pipe(into, options);
}

/** What the target says goes to the client through `pace`, which is over once its last bytes are out. */
function slowDown(client: Socket, target: Socket, pace: Transform): void {
  target.once('close', () => pace.end());
  target.unpipe(client);
  target.pipe(pace).pipe(client);
}
