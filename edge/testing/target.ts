import http, { type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** An app behind the edge. */
export type Target = {
  readonly address: string;
  readonly server: Server;
  /** Connections that were ever opened to it. */
  connections(): number;
  /** Ends as a well-behaved app does on SIGTERM: what is in flight finishes. */
  end(): Promise<void>;
  /** Gone at once, connections cut. */
  kill(): Promise<void>;
};

export async function startTarget(answer: RequestListener, port = 0): Promise<Target> {
  const server = http.createServer(answer);
  const sockets = new Set<Socket>();
  let count = 0;
  server.on('connection', (socket: Socket) => {
    count += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen({ port, host: '127.0.0.1', backlog: 4_096 }, resolve));
  const end = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    connections: () => count,
    end,
    kill: () => {
      const ended = end();
      for (const socket of sockets) socket.destroy();
      return ended;
    },
  };
}
