import path from 'node:path';
import { openEvents } from '@apployd/backplane/events/open-events';
import { runProcess } from '@apployd/backplane/process/run-process';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { openSql, type Sql } from '@apployd/prisma/open-sql';
import { askToWake } from './ask-to-wake.js';
import { certificateStore } from './certificate-store.js';
import { readConfig, type EdgeConfig } from './config.js';
import { platformOf } from './platform.js';
import { sideStore } from './rollout/side-store.js';
import { routeStore } from './route-store.js';
import { embeddedRouter } from './router/embedded.js';
import { nginxRouter } from './router/nginx/nginx.js';
import { startEdge } from './start-edge.js';
import { usageStore } from './usage/usage-store.js';

await runProcess('edge', {
  readConfig: () => readConfig(),
  start: async (config, log, signal) => {
    const { EDGE_METRICS_PORT: metricsPort } = config;
    // Loaded only where somebody asks for it: it is the larger part of an idle edge's own memory.
    const metrics = metricsPort === undefined ? null : await (await import('./metrics.js')).serveMetrics(metricsPort);
    const sql = openSql({ url: config.DATABASE_URL, name: 'apployd edge' });
    const events = await openEvents(config, log);
    const tls = tlsOf(config, sql);
    const store = routeStore(sql);
    const options = {
      host: config.EDGE_HOST,
      port: config.EDGE_PORT,
      platform: platformOf(config),
      tls: tls?.options,
      trustedProxies: config.EDGE_TRUSTED_PROXIES,
      mostPerAddress: config.EDGE_CONNECTIONS_PER_ADDRESS,
      onRequest: metrics?.onRequest,
      onError: metrics?.onError,
      onAsleep: askToWake(store, events, log),
    };
    const router =
      config.EDGE_ROUTER === 'nginx'
        ? nginxRouter({ ...options, ...nginxOf(config), onLeftOut: metrics?.onLeftOut, log })
        : embeddedRouter(options);
    const edge = await startEdge(
      {
        config,
        router,
        store,
        usage: usageStore(sql),
        sides: sideStore(sql),
        events,
        log,
        onApplied: metrics?.onApplied,
        tls: tls?.parts,
      },
      signal,
    );
    return {
      url: edge.url,
      close: async () => {
        await edge.close();
        await Promise.all([events.close(), sql.close(), metrics?.close()]);
      },
    };
  },
});

function tlsOf(config: EdgeConfig, sql: Sql) {
  const { EDGE_TLS_PORT: port, APPLOYD_CERTIFICATE_SECRET: secret } = config;
  if (port === undefined || secret === undefined) return undefined;
  const store = certificateStore(sql);
  const { protocol, port: said } = new URL(config.APPLOYD_PUBLIC_URL);
  const publicPort = protocol === 'https:' ? Number(said || 443) : null;
  const options = { port, publicPort, baseDomain: config.APPLOYD_BASE_DOMAIN, challenges: store.challenges };
  return { options, parts: { store, box: aesGcmSecretBox(secret) } };
}

function nginxOf(config: EdgeConfig) {
  return {
    program: config.EDGE_NGINX_PROGRAM,
    folder: config.EDGE_NGINX_FOLDER ?? path.resolve(config.APPLOYD_DATA, 'edge', 'nginx'),
    socketFolder: path.resolve(config.APPLOYD_DATA, 'edge', 'sockets'),
    workers: config.EDGE_NGINX_WORKERS,
    user: config.EDGE_NGINX_USER,
    reload: config.EDGE_NGINX_RELOAD,
  };
}
