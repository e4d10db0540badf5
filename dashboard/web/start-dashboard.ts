import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ServerBuild } from '@remix-run/node';
import type { DashboardConfig } from '../config.js';
import { assets } from './assets.js';
import { pages } from './pages.js';
import { foreignOrigin, safetyHeaders } from './safety.js';

/** Resolves once it listens. */
export async function startDashboard(config: DashboardConfig): Promise<{ url: string; close(): Promise<void> }> {
  const built = builtFolder();
  const build = (await import(pathToFileURL(path.join(built, 'server', 'index.js')).href)) as ServerBuild;
  const serveAsset = assets(path.join(built, 'client'));
  const servePage = pages(build, { serverUrl: config.APPLOYD_SERVER_URL });

  const server = createServer((request, response) => {
    for (const [name, value] of safetyHeaders(request)) response.setHeader(name, value);
    if (request.url === '/healthz') return void response.end('ok\n');
    if (foreignOrigin(request)) return void response.writeHead(403).end('This form was sent from another site.\n');
    if (!serveAsset(request, response)) void servePage(request, response);
  });
  // Longer than a proxy in front keeps a connection, so that it never writes into one that we close.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 30_000;
  await listen(server, config);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${config.DASHBOARD_HOST.includes(':') ? `[${config.DASHBOARD_HOST}]` : config.DASHBOARD_HOST}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function listen(server: ReturnType<typeof createServer>, config: DashboardConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: config.DASHBOARD_HOST, port: config.DASHBOARD_PORT }, () => resolve());
  });
}

/** Where `npm run build` has put the pages, whether this runs from there or from its sources. */
function builtFolder(): string {
  const room = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
  const built = path.join(path.basename(room) === 'dist' ? room : path.join(room, 'dist'), 'pages');
  if (!existsSync(path.join(built, 'server', 'index.js'))) throw new Error('The pages are not built: npm run build.');
  return built;
}
