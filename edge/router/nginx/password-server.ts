import net, { type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { edgeSettings } from '@apployd/core/edge-settings';
import type { VisitorPasswords } from '../visitor-passwords.js';

/** Far above twenty users and what a browser says of itself. */
const longestLine = 64 * 1024;
const idleMs = 60_000;

/**
 * Where Nginx asks whether a password is right, at a socket that only its workers reach: a line with the users, as it was
 * told of them, what the visitor says, both in Base64, and the visitor's address. The answer is a line: `yes`, `no` or `busy`.
 */
export function passwordServer(passwords: VisitorPasswords) {
  const open = new Set<Socket>();
  const server = net.createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serve(socket, passwords);
  });
  return {
    listen: (socketPath: string) =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ path: socketPath, backlog: 1_024 }, resolve);
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function serve(socket: Socket, passwords: VisitorPasswords): void {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(idleMs, () => socket.destroy());
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > longestLine) socket.destroy();
  });
  createInterface({ input: socket }).on('line', (line) => {
    bytes = 0;
    verdictOn(passwords, line).then(
      (verdict) => socket.write(`${verdict}\n`),
      () => socket.destroy(),
    );
  });
}

async function verdictOn(passwords: VisitorPasswords, line: string) {
  const [users = '', said = '', address = ''] = line.split(' ');
  const kept = edgeSettings.shape.passwords.parse(JSON.parse(Buffer.from(users, 'base64url').toString()));
  return passwords.check(kept, Buffer.from(said, 'base64').toString(), address.replace(/^::ffff:/, ''));
}
