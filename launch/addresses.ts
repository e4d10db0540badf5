import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { LaunchConfig } from './config.js';

/** Where the rooms listen and are reached. */
export interface Addresses {
  readonly serverPort: number;
  readonly edgePort: number;
  readonly dashboardPort: number;
  readonly serverUrl: string;
  readonly dashboardUrl: string;
  readonly publicUrl: string;
}

/** Rejects when a port that was asked for is taken. A port of 0 becomes a free one, kept over a child's restarts. */
export async function chooseAddresses(config: LaunchConfig): Promise<Addresses> {
  refuseSharedPorts(config);
  const { serverPort, edgePort, dashboardPort } = await claimAll(config);
  return {
    serverPort,
    edgePort,
    dashboardPort,
    serverUrl: config.APPLOYD_SERVER_URL ?? `http://${reachable(config.SERVER_HOST)}:${serverPort}`,
    dashboardUrl: `http://${reachable(config.DASHBOARD_HOST)}:${dashboardPort}`,
    publicUrl: config.APPLOYD_PUBLIC_URL ?? `http://localhost:${edgePort}`,
  };
}

/** All are held until each is known: none becomes another's free one. */
async function claimAll(config: LaunchConfig) {
  const held: Server[] = [];
  const claim = async (room: Room, host: string, port: number): Promise<number> => {
    const server = await listen(room, host, port);
    held.push(server);
    return (server.address() as AddressInfo).port;
  };
  try {
    return {
      serverPort: await claim('SERVER', config.SERVER_HOST, config.SERVER_PORT),
      edgePort: await claim('EDGE', config.EDGE_HOST, config.EDGE_PORT),
      dashboardPort: await claim('DASHBOARD', config.DASHBOARD_HOST, config.DASHBOARD_PORT),
    };
  } finally {
    await Promise.all(held.map((server) => once(server.close(), 'close')));
  }
}

type Room = 'SERVER' | 'EDGE' | 'DASHBOARD';

async function listen(room: Room, host: string, port: number): Promise<Server> {
  const server = createServer();
  const problem = await tryListen(server, port === 0 ? '127.0.0.1' : host, port);
  if (!problem) return server;
  const reason =
    problem === 'EADDRINUSE' ? 'is taken: end what listens there' : `cannot be listened on (${problem}): change it`;
  throw new Error(`Port ${port} of ${host} ${reason}, or set ${room}_PORT.`);
}

function refuseSharedPorts(config: LaunchConfig): void {
  const taken = new Map<number, string>();
  for (const name of ['SERVER_PORT', 'EDGE_PORT', 'DASHBOARD_PORT'] as const) {
    const other = taken.get(config[name]);
    if (other && config[name] !== 0) throw new Error(`${other} and ${name} are both ${config[name]}: change one.`);
    taken.set(config[name], name);
  }
}

function tryListen(server: Server, host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => resolve(null));
  });
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
