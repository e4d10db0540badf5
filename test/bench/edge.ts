import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { silentLogger } from '@apployd/backplane/log/logger';
import { embeddedRouter } from '@apployd/edge/router/embedded';
import { nginxRouter } from '@apployd/edge/router/nginx/nginx';
import type { Router } from '@apployd/edge/router/router';
import { ordering } from './edge/certificates.js';
import { largestChildOf } from './edge/memory-of.js';
import { startPlainNginx, type PlainNginx } from './edge/plain-nginx.js';
import { wrk, type WrkResult } from './edge/wrk.js';
import { atLeast, atMost, besides, max, type Metric } from './metric.js';

const workers = 2;
const seconds = 3;
const switches = 20;
const strictClients = 8;
const siteCounts = [1, 1_000, 10_000];
const changes = 20;
const platform = { hostnames: ['platform.test'], server: '127.0.0.1:9', dashboard: null };

const route = (hostname: string, port: number) => ({
  hostname,
  environmentId: `environment of ${hostname}`,
  deploymentId: null,
  targets: [`127.0.0.1:${port}`],
  redirects: [],
});

/**
 * What visitors get of Nginx as the edge runs it, beside a plain `proxy_pass` and the embedded router, all before the
 * same app (an Nginx that says a kilobyte); what a switch costs them; what many host names cost; and how quickly those get certificates.
 */
export async function measure(rounds = 5): Promise<readonly Metric[]> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-bench-')));
  const app = await startPlainNginx(path.join(folder, 'app'), 1, `return 200 '${'x'.repeat(1024)}';`);
  const other = await startPlainNginx(path.join(folder, 'other'), 1, `return 200 '${'y'.repeat(1024)}';`);
  const plain = await startPlainNginx(path.join(folder, 'plain'), workers, `proxy_pass http://127.0.0.1:${app.port};`);
  const nginx = nginxRouter({
    ...{ host: '127.0.0.1', port: 0, platform, workers, log: silentLogger },
    ...{
      program: 'nginx',
      user: 'www-data',
      folder: path.join(folder, 'nginx'),
      socketFolder: path.join(folder, 'sockets'),
    },
  });
  const embedded = embeddedRouter({ host: '127.0.0.1', port: 0, platform });
  try {
    const ports = { nginx: (await nginx.listen()).port, embedded: (await embedded.listen()).port, plain: plain.port };
    for (const router of [nginx, embedded]) await router.apply([route('app.test', app.port)]);
    return [
      ...(await throughput(ports, rounds)),
      ...(await switching(nginx, ports.nginx, [app, other])),
      ...(await manySites(nginx, ports.nginx, [app, other], path.join(folder, 'nginx', 'nginx.pid'))),
      ...(await ordering()),
    ];
  } finally {
    await Promise.all([nginx.close(0), embedded.close(0), app.stop(), other.stop(), plain.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** In turn, so that what else the machine does meets all alike. */
async function throughput(ports: { nginx: number; embedded: number; plain: number }, rounds: number) {
  const results: Record<keyof typeof ports, WrkResult[]> = { nginx: [], embedded: [], plain: [] };
  const names = Object.keys(ports) as (keyof typeof ports)[];
  for (const name of names) await wrk(ports[name], 'app.test', 1);
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) results[name].push(await wrk(ports[name], 'app.test', seconds));
  }
  const rates = (name: keyof typeof ports) => results[name].map(({ requestsPerSecond }) => requestsPerSecond);
  const tails = (name: keyof typeof ports) => results[name].map(({ p99Ms }) => p99Ms);
  return [
    atLeast('requests a second, nginx', 'a second', rates('nginx'), rates('plain'), 'plain proxy_pass', 0.9),
    besides('p99, nginx', 'ms', tails('nginx'), tails('plain'), 'plain proxy_pass', 1.2),
    atLeast('requests a second, embedded', 'a second', rates('embedded'), rates('plain'), 'plain proxy_pass', 0),
    besides('p99, embedded', 'ms', tails('embedded'), tails('plain'), 'plain proxy_pass', 100),
  ];
}

async function switching(router: Router, port: number, apps: readonly PlainNginx[]): Promise<readonly Metric[]> {
  const clients = Array.from({ length: strictClients }, () => strictClient(port));
  const loaded = wrk(port, 'app.test', 6);
  for (let turn = 0; turn < switches; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    await router.apply([route('app.test', apps[turn % 2]?.port ?? 0)]);
  }
  const { failed } = await loaded;
  const strict = await Promise.all(clients.map((client) => client.stop()));
  return [
    atMost(`failed requests over ${switches} switches, wrk`, 'count', [failed], 0),
    atMost(
      `failed requests over ${switches} switches, strict clients`,
      'count',
      [strict.reduce((sum, each) => sum + each, 0)],
      0,
    ),
  ];
}

/** One kept connection; whatever goes wrong on it is a failure. */
function strictClient(port: number) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let isOver = false;
  let failed = 0;
  const running = (async () => {
    while (!isOver) if ((await ask(port, 'app.test', agent)) === null) failed += 1;
    agent.destroy();
  })();
  return {
    stop: async () => {
      isOver = true;
      await running;
      return failed;
    },
  };
}

/** The body of a 200, or null. */
function ask(port: number, host: string, agent: http.Agent): Promise<string | null> {
  return new Promise((resolve) => {
    http
      .get({ host: '127.0.0.1', port, agent, headers: { host } }, (answer) => {
        answer.toArray().then(
          (chunks) => resolve(answer.statusCode === 200 ? Buffer.concat(chunks as Buffer[]).toString() : null),
          () => resolve(null),
        );
      })
      .once('error', () => resolve(null));
  });
}

async function manySites(router: Router, port: number, apps: readonly PlainNginx[], pidFile: string) {
  const metrics: Metric[] = [];
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let known = 0;
  for (const count of siteCounts) {
    for (; known < count; known += 1) await router.apply([route(`site-${known}.test`, apps[0]?.port ?? 0)]);
    const tookMs: number[] = [];
    for (let turn = 0; turn < changes; turn += 1) tookMs.push(await changeOf(turn, count));
    const memory = await largestChildOf(Number(await readFile(pidFile, 'utf8')));
    metrics.push(
      atMost(`a change is seen, ${count} names`, 'ms', tookMs, 500, max),
      atMost(`memory of a worker, ${count} names`, 'MiB', [memory], 50),
    );
  }
  agent.destroy();
  return metrics;

  async function changeOf(turn: number, count: number): Promise<number> {
    const hostname = `site-${(turn * 7919) % count}.test`;
    const [letter, app] = turn % 2 ? (['x', apps[0]] as const) : (['y', apps[1]] as const);
    const began = performance.now();
    await router.apply([route(hostname, app?.port ?? 0)]);
    while (!(await ask(port, hostname, agent))?.startsWith(letter));
    return performance.now() - began;
  }
}
