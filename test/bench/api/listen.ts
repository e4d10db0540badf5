import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on any free port and tells the parent where, as the platform's own processes do. */
export async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.send?.({ type: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  process.on('SIGTERM', () => process.exit(0));
}
