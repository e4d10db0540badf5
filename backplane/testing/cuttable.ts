import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

/** A network in front of a port of this machine that can be lost. */
export type Cuttable = {
  readonly port: number;
  /** Breaks every connection and lets none through until `restore`. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
};

export async function cuttable(targetPort: number): Promise<Cuttable> {
  const sockets = new Set<net.Socket>();
  let isCut = false;
  const keep = (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = net.createServer((near) => {
    keep(near);
    if (isCut) return void near.destroy();
    const far = net.connect(targetPort, '127.0.0.1');
    keep(far);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      breakAll();
    },
    restore: () => {
      isCut = false;
    },
    close: async () => {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
