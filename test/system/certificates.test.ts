import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@apployd/core/clock';
import { silentLogger } from '@apployd/backplane/log/logger';
import { until } from '@apployd/backplane/testing/until';
import { certificateStore } from '@apployd/edge/certificate-store';
import { routeStore } from '@apployd/edge/route-store';
import { embeddedRouter } from '@apployd/edge/router/embedded';
import { nginxRouter } from '@apployd/edge/router/nginx/nginx';
import type { Router, TlsOptions } from '@apployd/edge/router/router';
import { startEdge } from '@apployd/edge/start-edge';
import { nginxOptions } from '@apployd/edge/testing/nginx-bench';
import { startTarget } from '@apployd/edge/testing/target';
import { sideStore } from '@apployd/edge/rollout/side-store';
import { usageStore } from '@apployd/edge/usage/usage-store';
import { acmeAccounts } from '@apployd/engine/certificates/acme-account';
import { acmeClientCertificates } from '@apployd/engine/certificates/acme-client';
import { tableChallenges } from '@apployd/engine/certificates/challenges';
import { setRoute } from '@apployd/engine/route/set-route';
import { anEnvironment } from '@apployd/engine/testing/a-deployment';
import { anEngine } from '@apployd/engine/testing/an-engine';
import { certificateWork } from '@apployd/engine/testing/certificate-work';
import { startPebble } from '@apployd/engine/testing/pebble';
import { keepCertificates } from '@apployd/engine/tls/keep-certificates';
import { openSql } from '@apployd/prisma/open-sql';
import { testDatabase } from '@apployd/prisma/test-database';
import { describe, expect, test } from 'vitest';
import { isLeftOut } from '../without.js';

const platform = { hostnames: ['deploy.example.test'], server: '127.0.0.1:9', dashboard: null };
const never = new AbortController().signal;
const hostname = 'shop.example.test';
/** Of a certificate, in seconds: five minutes. */
const validSeconds = 300;

type MakeRouter = (tls: TlsOptions, folder: string) => Promise<Router>;

/** An engine and an edge that meet in a database, an app behind them, and an authority that asks the edge. */
async function aPlatform(makeRouter: MakeRouter) {
  const database = await testDatabase();
  const engine = await anEngine(database);
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-edge-')));
  const sql = openSql({ url: database.url, name: 'edge' });
  const store = certificateStore(sql);
  const work = certificateWork();
  const tls = { port: 0, publicPort: 443, baseDomain: 'example.test', challenges: store.challenges };
  const router = await makeRouter(tls, folder);
  const edge = await startEdge(
    {
      config: { APPLOYD_DATA: folder, EDGE_NAME: 'edge', EDGE_PROBE_URL: undefined },
      ...{
        router,
        store: routeStore(sql),
        usage: usageStore(sql),
        sides: sideStore(sql),
        events: engine.events,
        log: silentLogger,
        tls: { store, box: work.box },
      },
    },
    never,
  );
  const pebble = await startPebble({ httpPort: Number(new URL(edge.url).port), validSeconds });
  const app = await startTarget((_, res) => res.end('the shop'));
  const authority = acmeClientCertificates({
    ...{ directory: pebble.directory, email: null, ca: pebble.ca, dns: null },
    accounts: acmeAccounts({ db: engine.db, box: engine.secretBox, log: silentLogger }),
    challenges: tableChallenges({ db: engine.db, clock: systemClock }),
  });
  let lateBy = 0;
  const clock = { ...systemClock, now: () => new Date(Date.now() + lateBy) };
  const { id: environmentId, organizationId } = await anEnvironment(engine);
  await engine.db.environment.update({ where: { id: environmentId }, data: { hostname } });
  await engine.db.$transaction((tx) =>
    setRoute(tx, { organizationId, environmentId, deploymentId: null, targets: [app.address] }),
  );
  return {
    engine,
    pebble,
    keep: () => keepCertificates({ ...engine, clock, certificates: { ...work, authority } }, never),
    pass: (seconds: number) => (lateBy += seconds * 1_000),
    row: () => engine.db.certificate.findUniqueOrThrow({ where: { hostname } }),
    visit: async () => visit(edge.tlsPort ?? 0, await pebble.root()),
    close: async () => {
      await edge.close();
      await pebble.close();
      await app.kill();
      await engine.close();
      await sql.close();
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}

const routers: Readonly<Record<string, MakeRouter>> = {
  embedded: async (tls) => embeddedRouter({ host: '127.0.0.1', port: 0, platform, tls }),
  nginx: async (tls, folder) => {
    const folders = { folder: path.join(folder, 'nginx'), socketFolder: path.join(folder, 'sockets') };
    return nginxRouter(await nginxOptions({ platform, tls, ...folders }));
  },
};

describe.skipIf(isLeftOut('pebble') || isLeftOut('nginx'))('with Pebble', () => {
  test.each(Object.entries(routers))(
    'through the router %s a host name gets a certificate that visitors trust, and a new one in time without a visit that fails',
    async (_, makeRouter) => {
      const house = await aPlatform(makeRouter);
      try {
        await house.keep();
        const first = await house.row();
        expect(first).toMatchObject({ status: 'ISSUED', failureCode: null });
        await until(() => house.visit().then(Boolean, () => false), 'the edge to have the certificate');

        const seen: string[] = [];
        let isOver = false;
        const visiting = (async () => {
          while (!isOver) seen.push((await house.visit()).serial);
        })();
        house.pass(validSeconds * (2 / 3) + 1);
        await house.keep();
        const second = await house.row();
        expect(second.version).toBeGreaterThan(first.version);
        await until(async () => new Set(seen).size === 2, 'visitors to meet the new certificate');
        isOver = true;
        await visiting;
        expect((await house.visit()).body).toBe('the shop');
      } finally {
        await house.close();
      }
    },
  );
});

function visit(port: number, ca: string): Promise<{ readonly body: string; readonly serial: string }> {
  const options = { host: '127.0.0.1', port, ca, servername: hostname, headers: { host: hostname }, agent: false };
  return new Promise((resolve, reject) => {
    const request = https.get({ ...options, timeout: 10_000 }, (response) => {
      const { serialNumber: serial } = (response.socket as TLSSocket).getPeerCertificate();
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.once('end', () => resolve({ body, serial }));
    });
    request.once('timeout', () => request.destroy(new Error('No answer within 10 s.')));
    request.once('error', reject);
  });
}
