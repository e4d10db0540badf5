import { createServer } from 'node:http';
import { createMetrics } from '@apployd/backplane/metrics/metrics';
import { Counter, Gauge } from 'prom-client';

/** What an edge counts. */
export type EdgeMetrics = {
  onRequest(count?: number): void;
  /** An answer of the edge's own. */
  onError(code: string, count?: number): void;
  onApplied(version: bigint): void;
  /** So many routes or certificates are not in force, because the router has no room for them. */
  onLeftOut(what: string, count: number): void;
  close(): Promise<void>;
};

/** Counts, and tells Prometheus on a port of this machine. */
export async function serveMetrics(port: number): Promise<EdgeMetrics> {
  const { registry, page } = createMetrics('edge');
  const registers = [registry];
  const requests = new Counter({ name: 'apployd_edge_requests_total', help: 'Requests of visitors.', registers });
  const errors = new Counter({
    name: 'apployd_edge_errors_total',
    help: "Answers of the edge's own, by their code.",
    labelNames: ['code'],
    registers,
  });
  const version = new Gauge({
    name: 'apployd_edge_applied_version',
    help: 'Version of the routes in force.',
    registers,
  });
  const leftOut = new Gauge({
    name: 'apployd_edge_left_out',
    help: 'Routes and certificates that Nginx has no room for.',
    labelNames: ['what'],
    registers,
  });
  const server = createServer((_req, res) => {
    page().then(
      ({ contentType, body }) => res.writeHead(200, { 'content-type': contentType }).end(body),
      () => res.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    onRequest: (count = 1) => requests.inc(count),
    onError: (code, count = 1) => errors.inc({ code }, count),
    onApplied: (applied) => version.set(Number(applied)),
    onLeftOut: (what, count) => leftOut.set({ what }, count),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
