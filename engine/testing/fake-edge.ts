import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { readEdgeSettings, type EdgeSettings } from '@apployd/core/edge-settings';
import { newId } from '@apployd/core/id';
import { looks } from '@apployd/backplane/events/looks';
import type { Events } from '@apployd/backplane/events/events';
import type { Db } from '@apployd/prisma/create-db';

/** An edge that does as little as an edge may: follows the routes, says so in its row, and passes visits on, but for what is down for maintenance. */
export type FakeEdge = {
  readonly port: number;
  /** While false it neither follows nor says so. Where it could not, it tries again, as edges do. */
  follows: boolean;
  visit(hostname: string): Promise<{ readonly status: number; readonly body: string }>;
  close(): Promise<void>;
};

export async function fakeEdge(db: Db, events: Events): Promise<FakeEdge> {
  const routes = new Map<string, Known>();
  const server = http.createServer((request, response) => void answer(routes, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = new AbortController();
  const id = newId();
  const now = () => new Date();
  await db.edge.create({
    data: { id, name: id, url: `http://127.0.0.1:${port}`, heartbeatAt: now(), reportedAt: now(), startedAt: now() },
  });
  const edge: FakeEdge = {
    port,
    follows: true,
    visit: (hostname) => visit(port, hostname),
    close: async () => {
      stop.abort();
      await following;
      // What lasts is told.
      if (hasFailed) await follow();
      await db.edge.delete({ where: { id } });
      await new Promise((resolve) => server.close(resolve).closeAllConnections());
    },
  };
  const follow = async () => {
    const all = await db.route.findMany();
    for (const { hostname, targets, edge } of all) routes.set(hostname, { targets, ...readEdgeSettings(edge) });
    const appliedVersion = all.reduce((most, { version }) => (version > most ? version : most), 0n);
    await db.edge.update({ where: { id }, data: { appliedVersion, heartbeatAt: now(), reportedAt: now() } });
  };
  let hasFailed = false;
  const following = (async () => {
    for await (const _ of looks(events, 'route', null, 50, stop.signal)) {
      if (!edge.follows) continue;
      hasFailed = await follow().then(
        () => false,
        () => true,
      );
    }
  })();
  return edge;
}

type Known = Pick<EdgeSettings, 'maintenance'> & { readonly targets: readonly string[] };

async function answer(
  routes: ReadonlyMap<string, Known>,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const known = routes.get(request.headers.host ?? '');
  if (known?.maintenance) return void response.writeHead(503, { 'apployd-error': 'MAINTENANCE' }).end();
  const target = known?.targets[0];
  if (!target) return void response.writeHead(404, { 'apployd-error': 'NO_ROUTE' }).end();
  const [host, port] = target.split(':');
  http
    .get({ host, port, path: request.url, headers: { host: request.headers.host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502);
      answer.pipe(response);
    })
    .on('error', () => response.writeHead(502, { 'apployd-error': 'UPSTREAM_UNREACHABLE' }).end());
}

function visit(port: number, hostname: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, headers: { host: hostname }, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      })
      .on('error', reject);
  });
}
