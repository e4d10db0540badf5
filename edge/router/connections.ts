import http, { type ClientRequest } from 'node:http';
import net, { type Socket } from 'node:net';
import type { Address } from '../address.js';

/** Connections to targets. A request is handed one only once it stands: until then nothing of the request is sent. */
export type Connections = {
  /** For requests that may be sent twice: any idle connection will do, and one that turns out to be stale costs a retry. */
  readonly pooled: http.Agent;
  /** For the others: a connection that was in use a moment ago, else a new one. */
  readonly recent: http.Agent;
  /** For a second try: a new one. */
  readonly unused: http.Agent;
  /** Opens one outside the agents. */
  connect(address: Address): Promise<Socket>;
  /** Closes those to this address: the idle ones at once, the others after their answer. */
  retire(address: Address): void;
  close(): void;
};

/** The target could not be reached: nothing of the request was sent. */
export class Unreachable extends Error {
  constructor({ host, port }: Address, cause: unknown) {
    super(`No connection to ${host}:${port}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Below the five seconds after which many servers close an idle connection. */
const idleMs = 4_000;
const idlePerTarget = 64;
/** No server closes a connection so soon after it was used. */
const recentMs = 300;

export function connections(options: { readonly connectTimeoutMs: number }): Connections {
  const open = (address: Address, done: Connected) => openSocket(address, options.connectTimeoutMs, done);
  const pooled = pooledAgent(open);
  const retired = new WeakSet<Socket>();
  const freedAt = new WeakMap<Socket, number>();
  pooled.on('free', (socket: Socket) => {
    if (retired.has(socket)) socket.destroy();
    else freedAt.set(socket, Date.now());
  });
  const idleFor = (socket: Socket) => Date.now() - (freedAt.get(socket) ?? 0);
  return {
    pooled,
    recent: viewOf(pooled, (latest) => idleFor(latest) > recentMs),
    unused: viewOf(pooled, () => true),
    connect: (address) =>
      new Promise((resolve, reject) => {
        open(address, (error, socket) => (error ? reject(error) : resolve(socket)));
      }),
    retire: (address) => {
      const name = pooled.getName(address);
      for (const socket of pooled.freeSockets[name] ?? []) socket.destroy();
      for (const socket of pooled.sockets[name] ?? []) retired.add(socket);
    },
    close: () => pooled.destroy(),
  };
}

/** An agent that gives out just this connection. */
export function handOver(socket: Socket): http.Agent {
  const agent = new http.Agent({ keepAlive: false });
  agent.createConnection = () => socket;
  return agent;
}

type Connected = (error: Error | null, socket: Socket) => void;

function pooledAgent(open: (address: Address, done: Connected) => void): http.Agent {
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: idlePerTarget, timeout: idleMs, scheduling: 'lifo' });
  agent.createConnection = ({ host, port }, done) => {
    open({ host: host ?? '', port: Number(port) }, done as Connected);
    return undefined;
  };
  return agent;
}

/** What every agent of Node has and its types leave out. */
type Adding = http.Agent & { addRequest(request: ClientRequest, options: http.RequestOptions & Address): void };

/** The same agent, whose idle connections are out of sight when the latest of them is of no use. */
function viewOf(agent: http.Agent, isUseless: (latest: Socket) => boolean): http.Agent {
  const view = Object.create(agent) as Adding;
  view.addRequest = (request, options) => {
    const idle = agent.freeSockets as NodeJS.Dict<Socket[]>;
    const name = agent.getName(options);
    const hidden = idle[name];
    const latest = hidden?.at(-1);
    const hides = latest !== undefined && isUseless(latest);
    if (hides) delete idle[name];
    (agent as Adding).addRequest(request, options);
    if (hides) idle[name] = hidden;
  };
  return view;
}

function openSocket(address: Address, timeoutMs: number, done: Connected): void {
  const socket = net.connect({ ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
  const giveUp = () => {
    if (socket.connecting) socket.destroy(new Error(`It took longer than ${timeoutMs} ms.`));
  };
  // After a pause of this process timers come before the news that a connection stands: that is heard before it is given up.
  const timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
  const onError = (error: Error) => {
    clearTimeout(timer);
    done(new Unreachable(address, error), socket);
  };
  socket.once('error', onError);
  socket.once('connect', () => {
    clearTimeout(timer);
    socket.removeListener('error', onError);
    done(null, socket);
  });
}
