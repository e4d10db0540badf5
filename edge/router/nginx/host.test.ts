import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readlink } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@apployd/backplane/testing/free-port';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { ask } from '../../testing/ask.js';
import { aRoute, benchOf } from '../../testing/bench.js';
import { hostNginx } from '../../testing/host-nginx.js';
import { useNginx } from '../../testing/use-nginx.js';
import { nginxRouter } from './nginx.js';

const { atEnd, options } = useNginx();

describe.skipIf(isLeftOut('nginx'))('an Nginx of the host', () => {
  /** One with an app behind it, and what its edge was told. */
  async function served() {
    const made = await options();
    const { reload, reloads, kill } = await hostNginx(made.folder);
    const settings = { ...made, reload: [reload] };
    const bench = await benchOf(nginxRouter(settings));
    atEnd(kill);
    const app = await bench.app((_req, res) => res.end('fine'));
    atEnd(app.kill);
    return { bench, app, settings, reloads };
  }

  test('is not told to read again what it has read already: who is connected stays so over a restart of the edge', async () => {
    const { bench, app, settings, reloads } = await served();
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const request = async () => {
      const sent = http.get({ port: bench.port, host: '127.0.0.1', agent, headers: { host: 'app.test' } });
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return [(await response.toArray()).join(''), sent.reusedSocket];
    };
    expect(await request()).toEqual(['fine', false]);
    await bench.router.close(0);
    const next = nginxRouter(settings);
    await next.apply([aRoute('app.test', app.address)]);
    await next.listen();
    expect([await request(), await reloads()]).toEqual([['fine', true], 1]);
    await next.close(0);
    const changed = nginxRouter({ ...settings, trustedProxies: ['192.0.2.1'] });
    await changed.listen();
    expect(await reloads()).toBe(2);
    await changed.close(0);
  });

  test('that does not run yet is waited for: nobody is there to be told', async () => {
    const made = await options();
    const { reload: begin, kill } = await hostNginx(made.folder);
    const listening = nginxRouter({ ...made, reload: ['false'] }).listen();
    await expect.poll(() => readlink(path.join(made.folder, 'current')).catch(() => null)).not.toBeNull();
    await promisify(execFile)(begin);
    atEnd(kill);
    expect(await listening).toMatchObject({ port: made.port });
  });

  test('that cannot use new settings, though a test of them found nothing, is no success: the former files are in use again', async () => {
    const { bench, settings, reloads } = await served();
    await bench.router.close(0);
    const before = await readlink(path.join(settings.folder, 'current'));
    const port = await freePort();
    const other = net.createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void other.close());
    const refused = nginxRouter({ ...settings, port, reloadedWithinMs: 1_000 });
    await expect(refused.listen()).rejects.toThrow('goes on with its former configuration');
    expect([await readlink(path.join(settings.folder, 'current')), await reloads()]).toEqual([before, 2]);
    expect((await ask(settings.port, 'app.test')).body).toBe('fine');
  });
});
