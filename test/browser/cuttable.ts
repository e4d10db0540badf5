import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

/** A network between browser and platform that can be lost. */
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
  const server = net.createServer((visitor) => {
    keep(visitor);
    if (isCut) return void visitor.destroy();
    const platform = net.connect(targetPort, '127.0.0.1');
    keep(platform);
    visitor.pipe(platform).pipe(visitor);
    visitor.on('close', () => platform.destroy());
    platform.on('close', () => visitor.destroy());
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
