import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from '@apployd/backplane/testing/until';
import { describe, expect, test } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { aRoute, benchOf } from '../../testing/bench.js';
import { hostNginx } from '../../testing/host-nginx.js';
import { nginxOptions, removeFolders } from '../../testing/nginx-bench.js';
import { useNginx } from '../../testing/use-nginx.js';
import { tlsOptions } from '../tls.conformance.js';
import { nginxRouter } from './nginx.js';

const { atEnd, options, aBench } = useNginx();

const asleep = { ...aRoute('app.test'), asleep: true };
const isRoot = process.getuid?.() === 0;
const uidOf = async (user: string) => Number((await promisify(execFile)('id', ['-u', user])).stdout);

/** Whether somebody with this account can do that: `connect` to a socket, or `make` one. */
async function can(user: string, what: 'connect' | 'make', socket: string): Promise<boolean> {
  const act = { connect: 'net.connect(socket, done)', make: 'net.createServer().listen(socket, done)' }[what];
  const script = `const [socket, done] = [process.argv[1], () => process.exit()]; ${act}`;
  const uid = await uidOf(user);
  return promisify(execFile)(process.execPath, ['-e', script, socket], { cwd: '/', uid, gid: uid }).then(
    () => true,
    () => false,
  );
}

describe.skipIf(isLeftOut('nginx'))('the sockets at which Nginx finds the edge', () => {
  test("are open to the account of Nginx's workers alone, which cannot put others in their place", async () => {
    const settings = await options({ tls: tlsOptions });
    const { socketFolder: folder } = settings;
    await aBench(settings);
    const names = ['challenges.sock', 'passwords.sock', 'traffic.log', 'waker-http2.sock', 'waker.sock'];
    expect((await readdir(folder)).sort()).toEqual(names);
    const { mode, uid } = await stat(folder);
    expect([mode & 0o777, uid]).toEqual([isRoot ? 0o711 : 0o700, process.getuid?.()]);
    for (const name of await readdir(folder)) {
      const { mode, uid } = await stat(path.join(folder, name));
      expect([mode & 0o777, uid]).toEqual([0o600, isRoot ? await uidOf('www-data') : process.getuid?.()]);
    }
  });

  test.skipIf(!isRoot)('take no connection from another account, and none but the edge makes any', async () => {
    const settings = await options();
    await aBench(settings);
    const at = (name: string) => path.join(settings.socketFolder, name);
    const tries = ['www-data', 'nobody'].map((user) =>
      Promise.all([can(user, 'connect', at('waker.sock')), can(user, 'make', at('own.sock'))]),
    );
    expect(await Promise.all(tries)).toEqual([
      [true, false],
      [false, false],
    ]);
  });

  test('that an edge has left behind when it was killed are replaced by the next one', async () => {
    const settings = await options();
    await mkdir(settings.socketFolder);
    await writeFile(path.join(settings.socketFolder, 'waker.sock'), '');
    const asked: string[] = [];
    const bench = await aBench({ ...settings, onAsleep: (id) => asked.push(id) });
    await bench.router.apply([asleep]);
    const visit = bench.ask();
    await until(() => asked.length > 0);
    await bench.app((_req, res) => res.end('awake'));
    expect((await visit).body).toBe('awake');
  });

  test('cannot have a longer path than the system takes, which is said before anything begins', async () => {
    const socketFolder = path.join(os.tmpdir(), 'x'.repeat(100));
    const settings = await nginxOptions({ socketFolder });
    atEnd(() => removeFolders({ ...settings, socketFolder: path.join(socketFolder, 'x') }));
    expect(() => nginxRouter(settings)).toThrow(/at most 107 bytes.*set APPLOYD_DATA/);
  });

  test.skipIf(!isRoot)(
    'are to be reached by the workers, else the edge does not start and says who lacks what',
    async () => {
      const settings = await options();
      const closed = path.dirname(settings.socketFolder);
      const socketFolder = path.join(closed, 'closed', 'edge', 'sockets');
      await mkdir(path.join(closed, 'closed'));
      await chmod(path.join(closed, 'closed'), 0o700);
      const router = nginxRouter({ ...settings, socketFolder });
      await expect(router.listen()).rejects.toThrow(/sockets\/waker\.sock \(permission denied\).*EDGE_NGINX_USER/);
      expect(await readdir(socketFolder)).toEqual(['traffic.log']);
      await (await aBench(settings)).ask();
    },
  );

  test('lead nowhere while the edge of a host’s Nginx is gone: who visits what sleeps is told so, until the next edge wakes it', async () => {
    const settings = await options();
    const { reload, kill } = await hostNginx(settings.folder);
    const asked: string[] = [];
    const ofHost = { ...settings, reload: [reload], onAsleep: (id: string) => asked.push(id) };
    const former = await benchOf(nginxRouter(ofHost));
    atEnd(kill);
    await former.router.apply([asleep]);
    await former.router.close(0);

    const page = await former.ask({ headers: { accept: 'text/html' } });
    expect(page).toMatchObject({ status: 503, headers: { 'apployd-error': 'ASLEEP', 'retry-after': '5' } });
    expect(page.body).toContain('asleep and cannot be woken right now');
    expect(await former.ask({ method: 'POST', body: 'x' })).toMatchObject({ headers: { 'apployd-error': 'ASLEEP' } });

    // An edge that is killed while it holds them. What it may have passed on already is not called asleep.
    const waker = path.join(settings.socketFolder, 'waker.sock');
    const dying = net.createServer((socket) => socket.once('data', () => socket.destroy())).listen(waker);
    await once(dying, 'listening');
    await chmod(waker, 0o666);
    expect(await former.ask()).toMatchObject({ headers: { 'apployd-error': 'ASLEEP' } });
    expect(await former.ask({ method: 'POST', body: 'x' })).toMatchObject({
      headers: { 'apployd-error': 'UPSTREAM_UNREACHABLE' },
    });
    dying.close();

    const next = nginxRouter(ofHost);
    await next.apply([asleep]);
    await next.listen();
    atEnd(() => next.close(0));
    asked.length = 0;
    const visit = former.ask();
    await until(() => asked.length > 0);
    const app = await former.target((_req, res) => res.end('awake'));
    atEnd(app.kill);
    await next.apply([aRoute('app.test', app.address)]);
    expect((await visit).body).toBe('awake');
  });
});
