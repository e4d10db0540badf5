import type net from 'node:net';
import { TLSSocket } from 'node:tls';
import { trustedBy } from './visit.js';
import { visitorKey } from './visit-limits.js';

/** Whether a connection that was accepted may stay. Until it is closed it counts for its address. */
export type AdmitConnection = (socket: net.Socket) => boolean;

/** Over all ports together. Proxies in front, and this machine, bring many visitors: they are not counted. */
export function connectionLimit(options: {
  readonly most: number;
  readonly trustedProxies: readonly string[];
}): AdmitConnection {
  const isTrusted = trustedBy(options.trustedProxies);
  const open = new Map<string, number>();

  const leave = (key: string) => {
    const count = (open.get(key) ?? 0) - 1;
    if (count > 0) open.set(key, count);
    else open.delete(key);
  };

  return (socket) => {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const key = visitorKey(address);
    if (key === null || isTrusted(address)) return true;
    const count = open.get(key) ?? 0;
    if (count >= options.most) return false;
    open.set(key, count + 1);
    socket.once('close', () => leave(key));
    return true;
  };
}

/** Before the server sees anything of it. What TLS was taken off has been admitted where it came in. */
export function admitOnly(server: net.Server, admit: AdmitConnection): void {
  const takers = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: net.Socket) => {
    if (!(socket instanceof TLSSocket) && !admit(socket)) return void socket.resetAndDestroy();
    for (const take of takers) take.call(server, socket);
  });
}
