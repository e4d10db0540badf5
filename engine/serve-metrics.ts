import { once } from 'node:events';
import http from 'node:http';
import type { MetricsPage } from '@apployd/backplane/metrics/metrics';

/** Shows `/metrics` to this machine alone, where a port was given for it. */
export async function serveMetrics(
  metrics: MetricsPage,
  port: number | undefined,
): Promise<{ close(): Promise<void> }> {
  if (port === undefined) return { close: async () => undefined };
  const server = http.createServer({ requestTimeout: 5_000 }, (request, response) => {
    answer(metrics, request, response).catch((err: unknown) => response.destroy(err as Error));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()) };
}

async function answer(metrics: MetricsPage, request: http.IncomingMessage, response: http.ServerResponse) {
  if (request.url !== '/metrics' || request.method !== 'GET') return void response.writeHead(404).end();
  const { contentType, body } = await metrics.page();
  response.writeHead(200, { 'content-type': contentType }).end(body);
}
