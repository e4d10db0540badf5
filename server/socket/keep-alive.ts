import type { WebSocket } from 'ws';

const mostMissed = 2;

/** Pings now and then, and gives a socket up that has not answered twice. */
export function keepAlive(socket: WebSocket, everyMs: number): void {
  let missed = 0;
  const timer = setInterval(() => {
    if (missed >= mostMissed) return socket.terminate();
    missed += 1;
    socket.ping();
  }, everyMs);
  socket.on('pong', () => (missed = 0));
  socket.once('close', () => clearInterval(timer));
}
