import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { silentLogger } from '@apployd/backplane/log/logger';
import { acmeChallengePath } from '@apployd/core/certificate';
import { usualEdgeSettings } from '@apployd/core/edge-settings';
import { limitsByTier } from '@apployd/core/visitor-limit';
import { describe, expect, test } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { ask } from '../../testing/ask.js';
import { aRoute, benchOf } from '../../testing/bench.js';
import { deferred } from '../../testing/deferred.js';
import { hostNginx } from '../../testing/host-nginx.js';
import { useNginx } from '../../testing/use-nginx.js';
import { tlsOptions } from '../tls.conformance.js';
import { nginxRouter } from './nginx.js';
import { findNginx } from './program.js';
import { startRun } from './run.js';

const { atEnd, options, aBench } = useNginx();

const pidOf = async (folder: string) => Number(await readFile(path.join(folder, 'nginx.pid'), 'utf8'));
const childrenOf = async (pid: number) =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
const isThere = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
/** What a visitor gets once somebody answers. */
async function visit(port: number, host = 'app.test'): Promise<string> {
  for (let attempt = 1; attempt < 500; attempt += 1) {
    const body = await ask(port, host).then(
      (answer) => answer.body,
      () => null,
    );
    if (body !== null) return body;
    await setTimeout(10);
  }
  throw new Error('Nobody answers.');
}

describe.skipIf(isLeftOut('nginx'))('Nginx', () => {
  test('comes back, with its routes, whichever of its processes dies', async () => {
    const settings = await options();
    const bench = await aBench(settings);
    await bench.app((_req, res) => res.end('fine'));
    const master = await pidOf(settings.folder);
    process.kill(master, 'SIGKILL');
    expect(await visit(bench.port)).toBe('fine');
    while ((await pidOf(settings.folder).catch(() => master)) === master) await setTimeout(10);
    expect(await visit(bench.port)).toBe('fine');
    const next = await bench.target((_req, res) => res.end('next'));
    await bench.router.apply([aRoute('app.test', next.address)]);
    expect(await visit(bench.port)).toBe('next');
  });

  test('forgets what was open at a worker that died', async () => {
    const settings = await options({ trustedProxies: ['127.0.0.1'] });
    const bench = await aBench(settings);
    const { open: most } = limitsByTier.ATTACK;
    const full = deferred();
    let asked = 0;
    const app = await bench.target(() => void ((asked += 1) === most && full.resolve()));
    const edge = { ...usualEdgeSettings, underAttack: true };
    const settle = (address: string) => bench.router.apply([{ ...aRoute('app.test', address), edge }]);
    await settle(app.address);
    const ask = () => bench.ask({ headers: { 'x-forwarded-for': '203.0.113.7' } });
    const held = Array.from({ length: most }, () => ask().catch(() => null));
    await full.promise;
    expect((await ask()).status).toBe(429);
    const [worker] = await childrenOf(await pidOf(settings.folder));
    process.kill(Number(worker), 'SIGKILL');
    await Promise.all(held);
    await settle((await bench.target((_req, res) => res.end('fine'))).address);
    const answer = async () => {
      await bench.router.traffic();
      return ask().then(
        ({ body }) => body,
        () => null,
      );
    };
    await expect.poll(answer, { interval: 20 }).toBe('fine');
  });

  test('ends with the edge, and leaves no port and no process behind', async () => {
    const settings = await options();
    const bench = await benchOf(nginxRouter(settings));
    const pid = await pidOf(settings.folder);
    await bench.close();
    expect(isThere(pid)).toBe(false);
    await expect(bench.ask()).rejects.toThrow('ECONNREFUSED');
    expect(await readdir(settings.folder)).not.toContain('control.sock');
  });

  test('waits at the end for what is in flight, but not for longer than it was told', async () => {
    const settings = await options();
    const bench = await benchOf(nginxRouter(settings));
    const writers: { end(text: string): unknown }[] = [];
    await bench.app((_req, res) => void writers.push(res));
    const answers = [1, 2].map(() => bench.ask().catch((error: Error) => error));
    while (writers.length < 2) await setTimeout(5);
    const closed = bench.router.close(1_000);
    writers[0]?.end('late');
    expect(await Promise.race(answers)).toMatchObject({ status: 200, body: 'late' });
    await closed;
    expect((await Promise.all(answers)).some((answer) => answer instanceof Error)).toBe(true);
    await bench.close();
  });

  test('that a killed edge has left behind makes room for the next one', async () => {
    const settings = await options();
    const bench = await benchOf(nginxRouter(settings));
    await bench.close();
    const { program } = await findNginx('nginx');
    const left = startRun({ program, folder: settings.folder, log: silentLogger });
    atEnd(() => left.end(0));
    await visit(settings.port);
    const next = await aBench(settings);
    await next.app((_req, res) => res.end('fine'));
    expect((await next.ask()).body).toBe('fine');
    await left.ended;
  });

  test('tells how many requests there were, and which errors of its own', async () => {
    const seen = { requests: 0, NO_ROUTE: 0, NOBODY_HOME: 0 };
    const settings = await options({
      onRequest: (count) => (seen.requests += count),
      onError: (code, count) => (seen[code as 'NO_ROUTE'] += count),
    });
    const bench = await aBench(settings);
    await bench.router.apply([aRoute('empty.test')]);
    for (const host of ['a.test', 'b.test', 'empty.test']) await ask(bench.port, host);
    // What the edge itself asks of Nginx does not count.
    while (seen.requests < 3) await setTimeout(10);
    expect(seen).toEqual({ requests: 3, NO_ROUTE: 2, NOBODY_HOME: 1 });
  });

  test('keeps what it reads closed to others', async () => {
    const settings = await options();
    await aBench(settings);
    expect((await stat(settings.folder)).mode & 0o777).toBe(0o700);
  });

  test('that is not there is asked for by name', async () => {
    const router = nginxRouter(await options({ program: 'no-such-nginx' }));
    await expect(router.listen()).rejects.toThrow('set EDGE_NGINX_PROGRAM');
  });

  test('whose port is taken says so', async () => {
    const settings = await options();
    const other = net.createServer().listen(settings.port, '127.0.0.1');
    await expect(nginxRouter(settings).listen()).rejects.toThrow('Address already in use');
    other.close();
  });

  test('that refuses new settings says why, and keeps the former files in use', async () => {
    const settings = await options();
    const bench = await benchOf(nginxRouter(settings));
    await bench.close();
    const before = await readlink(path.join(settings.folder, 'current'));
    const refused = nginxRouter({ ...settings, trustedProxies: ['10.0.0.0/99'] });
    await expect(refused.listen()).rejects.toThrow(/invalid|10\.0\.0\.0/);
    expect(await readlink(path.join(settings.folder, 'current'))).toBe(before);
    expect(await readdir(path.join(settings.folder, 'generations'))).toEqual([path.basename(before)]);
    await (await aBench(settings)).ask();
  });

  test('runs from a folder of any name', async () => {
    const folder = path.join(os.tmpdir(), `nginx "a;b{c}d' ${process.pid}`);
    const made = await options({ folder, tls: tlsOptions });
    const socketFolder = path.join(path.dirname(made.socketFolder), `a %s "b;c{d}e' \\n:1`);
    const bench = await aBench({ ...made, socketFolder, holdTimes: { browserMs: 20, programMs: 20 } });
    expect(await bench.ask()).toMatchObject({ status: 404 });
    await bench.router.apply([{ ...aRoute('app.test'), asleep: true }]);
    expect((await bench.ask()).body).toContain('Waking up');
    const challenge = `${acmeChallengePath}a-token-that-is-known`;
    expect((await bench.ask({ path: challenge })).body).toBe('a-token-that-is-known.proof');
  });

  test.each(['/a$b', '/a\nb'])('is told of no folder that cannot be written down: %j', async (name) => {
    const folder = `${os.tmpdir()}${name}`;
    await expect(nginxRouter(await options({ folder })).listen()).rejects.toThrow('cannot stand in a configuration');
  });

  const payloads = [
    'a\nput red.test x 127.0.0.1:1',
    'a b',
    'a;}',
    'a{',
    '$host',
    '"\'',
    '*server',
    '%',
    '\u0000',
    'ü.test',
  ];
  test('takes host names and environments of any letters for what they are, and nobody else is touched', async () => {
    const settings = await options();
    const bench = await aBench(settings);
    const [blue, red] = [
      await bench.target((_req, res) => res.end('blue')),
      await bench.target((_req, res) => res.end('red')),
    ];
    await bench.router.apply([aRoute('red.test', red.address)]);
    const files = () => readFile(path.join(settings.folder, 'current', 'nginx.conf'), 'utf8');
    const before = await files();
    await bench.router.apply(
      payloads.map((hostname) => ({ ...aRoute(hostname, blue.address), environmentId: hostname })),
    );
    expect((await ask(bench.port, 'red.test')).body).toBe('red');
    expect(await ask(bench.port, 'platform.test', { path: '/graphql' })).toMatchObject({ status: 503 });
    await bench.router.apply(payloads.map((environmentId) => ({ ...aRoute('app.test', blue.address), environmentId })));
    await bench.ask();
    const { samples } = await bench.router.traffic();
    const { environmentId } = samples.find(({ hostname }) => hostname === 'app.test') ?? {};
    expect(payloads).toContain(environmentId);
    await bench.router.forget(payloads);
    expect((await ask(bench.port, 'red.test')).body).toBe('red');
    expect(await files()).toBe(before);
  });

  test('of the host is told by its command, has its own routes and no others after a restart, and outlives the edge', async () => {
    const settings = await options();
    const { folder } = settings;
    const { reload, kill } = await hostNginx(folder);
    const { promise: address, resolve: resolveAddress } = deferred<string>();
    const bench = await benchOf(nginxRouter({ ...settings, reload: [reload], resolve: () => address }));
    atEnd(kill);
    const app = await bench.app((_req, res) => res.end('fine'));
    expect((await bench.ask()).body).toBe('fine');

    await kill();
    while ((await readdir(folder)).includes('nginx.pid')) await setTimeout(10);
    await writeFile(path.join(folder, 'routes'), `put gone.test - ${app.address}\n`);
    // What is told is told in turn: until this name has an address, Nginx is not told to forget any.
    const applied = bench.router.apply([aRoute('waits.test', 'named.test:1')]);
    await promisify(execFile)(reload);
    expect(await visit(bench.port, 'gone.test')).toBe('fine');
    resolveAddress('127.0.0.1');
    await applied;
    while ((await visit(bench.port)) !== 'fine') await setTimeout(10);
    while ((await visit(bench.port, 'gone.test')) === 'fine') await setTimeout(10);
    await bench.router.close(0);
    expect((await bench.ask()).body).toBe('fine');
    await app.kill();
  });
});
