import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import Docker from 'dockerode';
import { anApp } from './sample-app.js';
import type { Files } from './sample-repository.js';
import { visit } from './visitors.js';

/** An app that tells whether it can connect to an address: `/?host=…&port=…`. */
export function knockingApp(): Files {
  return anApp(
    'knocking',
    `listen(process.env.PORT, (request, response) => {
  const { searchParams } = new URL(request.url, 'http://x');
  if (!searchParams.has('port')) return response.end('knocking');
  const socket = require('node:net').connect({ host: searchParams.get('host'), port: searchParams.get('port') });
  const say = (answer) => { response.end(answer); socket.destroy(); };
  socket.setTimeout(2000, () => say('no'));
  socket.on('error', () => say('no'));
  socket.on('connect', () => say('yes'));
});`,
  );
}

/** Whether this app, `yes` or `no`, can connect to what listens on this machine at its address towards containers. */
export async function reachesItsMachine(appUrl: string): Promise<string> {
  const { IPAM } = await new Docker({ timeout: 30_000 }).getNetwork('bridge').inspect();
  const host = IPAM?.Config?.[0]?.Gateway;
  if (!host) throw new Error('Docker has no bridge here.');
  const listener = createServer((socket) => socket.end()).listen(0, host);
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  try {
    return (await visit(`${appUrl}/?host=${host}&port=${port}`)).body;
  } finally {
    listener.close();
  }
}
