import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { usualEdgeSettings, type EdgeSettings } from '@apployd/core/edge-settings';
import { limitsByTier } from '@apployd/core/visitor-limit';
import { hashVisitorPassword } from '@apployd/backplane/visitor-password/visitor-password';
import { ask } from '../testing/ask.js';
import { ownAddress } from '../testing/own-address.js';
import { aRoute, type Bench } from '../testing/bench.js';
import { deferred } from '../testing/deferred.js';
import { sendRaw } from '../testing/raw.js';
import { steadily } from '../testing/steadily.js';
import type { HoldTimes } from './hold.js';
import type { Target } from '../testing/target.js';

type Ask = Parameters<typeof ask>[2];

/** What every router does for an environment by its settings. The bench believes this machine about who visits. */
export function edgeSettingsConformance(
  name: string,
  open: (options: {
    readonly trustedProxies?: readonly string[];
    readonly headerMs?: number;
    readonly bodyIdleMs?: number;
    readonly mostPerEnvironment?: number;
    readonly mostPerAddress?: number;
    readonly holdTimes?: HoldTimes;
  }) => Promise<Pick<Bench, 'router' | 'port' | 'target' | 'close'>>,
  /** When a body that comes more slowly than at the least rate is cut off: decision 070 says why that differs. */
  watchesBodies: 'always' | 'under attack',
): void {
  describe(`edge settings: ${name}`, () => {
    const bodyIdleMs = 500;
    let bench: Awaited<ReturnType<typeof open>>;
    let app: Target;
    let answer: http.RequestListener;
    beforeAll(async () => {
      bench = await open({
        trustedProxies: ['127.0.0.1'],
        bodyIdleMs,
        holdTimes: { browserMs: 20, programMs: 20 },
      });
      app = await bench.target((req, res) => answer(req, res));
      answer = (_req, res) => res.end('app');
    });
    afterAll(() => bench.close());

    const settle = (edge: Partial<EdgeSettings>, hostname = 'app.test', environmentId = `environment of ${hostname}`) =>
      bench.router.apply([
        { ...aRoute(hostname, app.address), environmentId, edge: { ...usualEdgeSettings, ...edge } },
      ]);
    const visit = (options: Ask = {}, host = 'app.test') => ask(bench.port, host, options);
    const told = async (options: Ask = {}, host?: string) => {
      const { headers, body } = await visit(options, host);
      return headers['apployd-error'] ?? body;
    };
    /** So many requests of one address on one connection, and all their answers. */
    const flood = (count: number, address: string) => {
      const one = (further = '') => `GET / HTTP/1.1\r\nhost: app.test\r\nx-forwarded-for: ${address}\r\n${further}\r\n`;
      return sendRaw(bench.port, one().repeat(count - 1) + one('connection: close\r\n'));
    };
    const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });

    test('maintenance is told to everybody, in the words of its owner, and the app is not asked', async () => {
      answer = (_req, res) => res.end('app');
      await settle({ maintenance: true });
      const usual = await visit();
      expect(usual).toMatchObject({
        status: 503,
        headers: { 'apployd-error': 'MAINTENANCE', 'retry-after': '120', 'cache-control': 'no-store' },
      });
      await settle({ maintenance: true, maintenanceMessage: 'Back at <b>nine</b> & "fine", 100 % = über' });
      expect((await visit()).body).toBe('Down for maintenance: Back at <b>nine</b> & "fine", 100 % = über\n');
      const page = await visit({ headers: { accept: 'text/html' } });
      expect(page.headers['content-type']).toMatch('text/html');
      expect(page.body).toContain('<p>Back at &#60;b&#62;nine&#60;/b&#62; &#38; &#34;fine&#34;, 100 % = über</p>');
      await settle({});
      expect(await told()).toBe('app');
    });

    test('without a password nobody gets in, and the app never sees one', async () => {
      answer = (req, res) => res.end(`app ${req.headers.authorization}`);
      const hash = await hashVisitorPassword('grün ist: gut');
      await settle({ passwords: [{ name: 'ada', hash }] });
      const refused = await visit();
      expect(refused).toMatchObject({ status: 401, headers: { 'apployd-error': 'UNAUTHORIZED' } });
      expect(refused.headers['www-authenticate']).toMatch(/^Basic realm=/);
      const wrong = ['ada:grün', 'eve:grün ist: gut', 'ada:', 'ada'].map((each) => told({ headers: basic(each) }));
      expect(await Promise.all([...wrong, told({ headers: { authorization: 'Bearer abc' } })])).toEqual(
        Array(5).fill('UNAUTHORIZED'),
      );
      expect(await told({ headers: basic('ada:grün ist: gut') })).toBe('app undefined');
      const many = Array.from({ length: 40 }, () => told({ headers: basic('ada:grün ist: gut') }));
      expect(new Set(await Promise.all(many))).toEqual(new Set(['app undefined']));
      // What was right for others is nothing here any more.
      await settle({ passwords: [{ name: 'ada', hash: await hashVisitorPassword('another') }] });
      expect(await told({ headers: basic('ada:grün ist: gut') })).toBe('UNAUTHORIZED');
      await settle({});
      expect(await told({ headers: { authorization: 'Bearer abc' } })).toBe('app Bearer abc');
    });

    test('response headers take the place of those of the app, and are on no answer of the edge', async () => {
      answer = (_req, res) => {
        res.writeHead(200, ['Server', 'app', 'X-Frame-Options', 'DENY', 'X-Frame-Options', 'DENY']);
        res.end('app');
      };
      const responseHeaders = [
        { name: 'X-Frame-Options', value: 'SAMEORIGIN' },
        { name: 'Referrer-Policy', value: 'no-referrer' },
        { name: 'Cache-Control', value: 'public, max-age=60; "a=b" %41' },
      ];
      await settle({ responseHeaders });
      const { headers, rawHeaders } = await visit();
      expect(headers).toMatchObject({
        'x-frame-options': 'SAMEORIGIN',
        'cache-control': 'public, max-age=60; "a=b" %41',
        server: 'app',
      });
      const names = rawHeaders.filter((_, i) => i % 2 === 0).map((each) => each.toLowerCase());
      expect(names.filter((each) => each === 'referrer-policy' || each === 'x-frame-options').sort()).toEqual([
        'referrer-policy',
        'x-frame-options',
      ]);
      await settle({ responseHeaders, maintenance: true });
      expect((await visit()).headers).not.toHaveProperty('x-frame-options');
      const edge = { ...usualEdgeSettings, responseHeaders };
      await bench.router.apply([{ ...aRoute('sleeps.test'), asleep: true, edge }]);
      const waking = await visit({}, 'sleeps.test');
      expect(waking).toMatchObject({
        status: 503,
        headers: { 'apployd-error': 'WAKING', 'cache-control': 'no-store' },
      });
      expect(waking.headers).not.toHaveProperty('x-frame-options');
      // An app that calls itself an error of the edge has them all the same.
      answer = (_req, res) => res.setHeader('apployd-error', 'WAKING').end('app');
      await settle({ responseHeaders });
      expect((await visit()).headers).toMatchObject({ 'x-frame-options': 'SAMEORIGIN' });
    });

    test('what would end a word, a block or name a variable in a configuration is a name and a value like others', async () => {
      answer = (_req, res) => res.end('app');
      const responseHeaders = [
        '$request_body',
        '${host}',
        '"; return 200; } server { listen 80; "',
        "a'b\\",
        '$(id) `id` #',
      ].map((value, i) => ({ name: `X-Hostile-${i}`, value }));
      const names = ['"', '$request_body', '";}server{', "a'b\\", '`id`#'];
      const hash = await hashVisitorPassword('right');
      await settle({ responseHeaders, passwords: names.map((name) => ({ name, hash })) });
      for (const name of names) {
        const { body, headers } = await visit({ method: 'POST', headers: basic(`${name}:right`) });
        expect([name, body]).toEqual([name, 'app']);
        for (const { name: header, value } of responseHeaders) expect(headers[header.toLowerCase()]).toBe(value);
        expect(await told({ headers: basic(`${name}:wrong`) })).toBe('UNAUTHORIZED');
      }
      expect(await told({ headers: basic('x:right') })).toBe('UNAUTHORIZED');
      await settle({});
      expect(await told()).toBe('app');
    });

    test('a body that cannot be read or is too large leaves no open request behind', async () => {
      answer = (req, res) => req.resume().on('end', () => res.end('app'));
      const [host, environmentId] = ['broken.test', 'broken'];
      let asked = 0;
      const left = async () => {
        const { samples } = await bench.router.traffic();
        const own = samples.filter((each) => each.environmentId === environmentId);
        asked += own.reduce((sum, { requests }) => sum + requests, 0);
        return { asked, open: own.reduce((sum, { open }) => sum + open, 0) };
      };
      const chunked = `POST / HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: chunked\r\n\r\n`;
      for (const bodyLimit of ['MIB_1', 'UNLIMITED'] as const) {
        await settle({ bodyLimit }, host, environmentId);
        await sendRaw(bench.port, `${chunked}5\r\nbegun\r\nno figure\r\n`).catch(ends);
      }
      await settle({ bodyLimit: 'MIB_1' }, host, environmentId);
      await sendRaw(bench.port, `${chunked}120000\r\n${'x'.repeat(0x120000)}\r\n0\r\n\r\n`).catch(ends);
      await expect.poll(left, { interval: 20 }).toEqual({ asked: 3, open: 0 });
    });

    test('www or not: visitors are sent to the one that is wanted, where both lead to the same environment', async () => {
      answer = (_req, res) => res.end('app');
      for (const host of ['shop.test', 'www.shop.test']) await settle({ hostRedirect: 'TO_APEX' }, host, 'shop');
      await settle({ hostRedirect: 'TO_APEX' }, 'www.app.test', 'another');
      const sent = await visit({ path: '//a?b=1' }, 'www.shop.test:8080');
      expect([sent.status, sent.headers.location]).toEqual([308, '//shop.test:8080//a?b=1']);
      // A browser that kept it would not see that it is wanted the other way by now.
      expect(sent.headers['cache-control']).toBe('no-store');
      expect([await told({}, 'shop.test'), await told({}, 'www.app.test')]).toEqual(['app', 'app']);
      for (const host of ['shop.test', 'www.shop.test']) await settle({ hostRedirect: 'TO_WWW' }, host, 'shop');
      expect((await visit({}, 'shop.test')).headers.location).toBe('//www.shop.test/');
      expect(await told({}, 'www.shop.test')).toBe('app');
    });

    test('a body that is too large is refused, with its length said or not, and a smaller one arrives', async () => {
      answer = (req, res) => {
        let bytes = 0;
        req.on('data', (chunk: Buffer) => (bytes += chunk.length));
        req.on('end', () => res.end(`${bytes} bytes`));
      };
      await settle({ bodyLimit: 'MIB_1' });
      const chunked = { 'transfer-encoding': 'chunked' };
      const post = (size: number, headers = {}) => told({ method: 'POST', body: Buffer.alloc(size), headers });
      expect([await post(2 ** 20), await post(2 ** 20, chunked)]).toEqual(['1048576 bytes', '1048576 bytes']);
      expect(await post(2 ** 20 + 1).catch(ends)).toMatch(/BODY_TOO_LARGE|ended/);
      expect(await post(3 * 2 ** 20, chunked).catch(ends)).toMatch(/BODY_TOO_LARGE|ended/);
      const declared = http.request({
        host: '127.0.0.1',
        port: bench.port,
        method: 'POST',
        headers: { host: 'app.test', 'content-length': 2 ** 21 },
      });
      declared.on('error', () => {});
      declared.flushHeaders();
      const [early] = (await once(declared, 'response')) as [IncomingMessage];
      expect([early.statusCode, early.headers['apployd-error']]).toEqual([413, 'BODY_TOO_LARGE']);
      declared.destroy();
      await settle({});
      expect(await post(2 ** 21, chunked)).toBe('2097152 bytes');
    });

    test('who begins a body and sends no more of it is cut off, and the app is told', async () => {
      const { promise: isLeft, resolve: left } = deferred<void>();
      answer = (req) => void req.resume().once('close', left);
      await settle({});
      const headers = { host: 'app.test', 'content-length': 10 };
      const slow = http.request({ host: '127.0.0.1', port: bench.port, method: 'POST', headers });
      slow.on('error', () => {});
      slow.write('half');
      await Promise.all([isLeft, new Promise((resolve) => slow.once('close', resolve))]);
    });

    /** An app that says how much of a body has come; resolves when a visitor has left in the middle of one. */
    const counting = () => {
      const { promise: isLeft, resolve: left } = deferred<void>();
      answer = (req, res) => {
        let bytes = 0;
        req.on('data', (chunk: Buffer) => (bytes += chunk.length));
        req.once('end', () => res.end(`${bytes} bytes`)).once('close', () => !req.complete && left());
      };
      return isLeft;
    };
    /** Who begins a body of 4,000 bytes and sends so many of them every 50 ms. */
    const sendBody = (size: number, { port = bench.port, writes = () => {} } = {}) => {
      const headers = { host: 'app.test', 'content-length': 4_000 };
      const request = http.request({ host: '127.0.0.1', port, method: 'POST', headers });
      request.on('error', () => undefined);
      let left = 4_000;
      const timer = setInterval(() => {
        writes();
        request.write(Buffer.alloc(size, 'x'));
        left -= size;
        if (left <= 0) clearInterval(timer);
      }, 50);
      request.once('close', () => clearInterval(timer));
      return request;
    };
    const bodyOf = async (request: http.ClientRequest) => {
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return Buffer.concat(await response.toArray()).toString();
    };

    test('a body that takes several times as long as a pause may last arrives whole, for it moves on', () =>
      steadily(bodyIdleMs / 2, async (writes) => {
        void counting();
        await settle({}, 'app.test', 'sent to for long');
        expect(await bodyOf(sendBody(100, { writes }))).toBe('4000 bytes');
      }));

    test.each(watchesBodies === 'always' ? [{}, { underAttack: true }] : [{ underAttack: true }])(
      'with %o, who sends a body more slowly than at the least rate is cut off, and who moves on is served',
      (edge) =>
        steadily(bodyIdleMs / 2, async (writes) => {
          const isLeft = counting();
          await settle(edge, 'app.test', 'sent to slowly');
          const [slow, steady] = [sendBody(1), sendBody(100, { writes })];
          try {
            expect(await Promise.all([bodyOf(steady), isLeft])).toEqual(['4000 bytes', undefined]);
          } finally {
            slow.destroy();
          }
        }),
    );

    test('of many who send slowly, no more than a quarter of the places of an environment stay taken', async () => {
      const few = await open({ bodyIdleMs, mostPerEnvironment: 16 });
      onTestFinished(() => few.close());
      let begun = 0;
      let isOver = 0;
      answer = (req, res) => {
        begun += 1;
        req.resume().once('end', () => res.end('app'));
        req.once('close', () => (isOver += 1));
      };
      await few.router.apply([aRoute('app.test', app.address)]);
      const slow = Array.from({ length: 15 }, () => sendBody(1, { port: few.port }));
      await expect.poll(() => begun, { timeout: 5_000 }).toBe(15);
      await expect.poll(() => isOver, { timeout: 10_000 }).toBeGreaterThanOrEqual(11);
      expect((await ask(few.port, 'app.test', { method: 'POST', body: Buffer.from('quick') })).body).toBe('app');
      slow.forEach((request) => request.destroy());
      await expect.poll(() => isOver, { timeout: 5_000 }).toBe(16);
    });

    test('all host names of an environment share its places, and nobody else does', async () => {
      const few = await open({ mostPerEnvironment: 2 });
      onTestFinished(() => few.close());
      const held: http.ServerResponse[] = [];
      answer = (_req, res) => void held.push(res);
      const to = (hostname: string, environmentId: string) => ({ ...aRoute(hostname, app.address), environmentId });
      await few.router.apply([to('app.test', 'shop'), to('www.test', 'shop'), to('other.test', 'another')]);
      const waiting = ['app.test', 'www.test'].map((host) => ask(few.port, host));
      await expect.poll(() => held.length).toBe(2);
      for (const host of ['app.test', 'www.test'])
        expect((await ask(few.port, host)).headers['apployd-error']).toBe('OVERLOADED');
      answer = (_req, res) => res.end('app');
      expect((await ask(few.port, 'other.test')).body).toBe('app');
      for (const res of held) res.end('late');
      expect((await Promise.all(waiting)).map(({ body }) => body)).toEqual(['late', 'late']);
      await expect.poll(async () => (await ask(few.port, 'www.test')).body).toBe('app');
    });

    test('one address has only so much of an environment open at a time, at whichever host names; proxies and this machine are left out', async () => {
      const [few, behind] = await Promise.all(
        [[], [ownAddress()]].map((trustedProxies) => open({ mostPerAddress: 2, trustedProxies })),
      );
      onTestFinished(() => Promise.all([few?.close(), behind?.close()]).then(() => undefined));
      const held: http.ServerResponse[] = [];
      answer = (_req, res) => void held.push(res);
      const visits: Promise<{ body: string }>[] = [];
      for (const each of [few, behind]) {
        const route = aRoute('app.test', app.address);
        await each!.router.apply([route, { ...route, hostname: 'www.test' }]);
        for (const host of ['app.test', 'www.test']) visits.push(ask(each!.port, host, { localAddress: ownAddress() }));
      }
      await expect.poll(() => held.length).toBe(4);
      const third = (port: number, localAddress?: string) =>
        ask(port, 'app.test', { localAddress }).then(
          ({ headers, body }) => headers['apployd-error'] ?? body,
          (error: NodeJS.ErrnoException) => error.code,
        );
      expect(await third(few!.port, ownAddress())).toMatch(/OVERLOADED|ECONNRESET/);
      answer = (_req, res) => res.end('app');
      expect([await third(few!.port), await third(behind!.port, ownAddress())]).toEqual(['app', 'app']);
      for (const res of held) res.end('late');
      expect((await Promise.all(visits)).map(({ body }) => body)).toEqual(Array(4).fill('late'));
      await expect.poll(() => third(few!.port, ownAddress())).toBe('app');
    });

    test('who takes too long over a header is cut off, however often a byte of it comes', async () => {
      const strict = await open({ headerMs: 1_000 });
      const socket = net.connect(strict.port, '127.0.0.1').on('error', () => undefined);
      const isCut = new Promise((resolve) => socket.resume().once('close', resolve));
      socket.write('GET / HTTP/1.1\r\nhost: app.test\r\nx: ');
      const timer = setInterval(() => socket.write('x'), 50);
      await isCut;
      clearInterval(timer);
      await strict.close();
    });

    test('one visitor who asks too often is told to wait, and nobody else is; under attack much sooner', async () => {
      answer = (_req, res) => res.end('app');
      const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
      const asks = async (count: number, address: string) =>
        (await flood(count, address)).split('apployd-error: TOO_MANY_REQUESTS').length - 1;
      await settle({ underAttack: true }, 'app.test', 'attacked');
      const { perAddress } = limitsByTier.ATTACK;
      // A window may end meanwhile: of as many as two of them take some are too many.
      expect(await asks(2 * perAddress + 5, '203.0.113.7')).toBeGreaterThan(0);
      expect(await asks(2 * perAddress + 5, '2001:db8:1:2:3::7')).toBeGreaterThan(0);
      const other = [from('203.0.113.8'), from('2001:db8:1:3::7'), {}].map((each) => told(each));
      expect(await Promise.all(other)).toEqual(['app', 'app', 'app']);
      await settle({ visitorLimit: 'NONE' }, 'app.test', 'attacked');
      expect(await asks(perAddress, '203.0.113.7')).toBe(0);
      await settle({ underAttack: true }, 'app.test', 'elsewhere');
      expect(await told(from('203.0.113.7'))).toBe('app');
      expect(await flood(2 * perAddress + 5, '203.0.113.7')).toContain('retry-after: 10');
    });

    test('one visitor who asks for more than all together may have takes it from nobody else', async () => {
      answer = (_req, res) => res.end('app');
      await settle({ underAttack: true }, 'app.test', 'flooded');
      const answers = await flood(limitsByTier.ATTACK.perEnvironment + 1, '203.0.113.11');
      expect(answers.split('TOO_MANY_REQUESTS').length).toBeGreaterThan(limitsByTier.ATTACK.perEnvironment / 2);
      expect(await told({ headers: { 'x-forwarded-for': '203.0.113.12' } })).toBe('app');
    });

    test('one visitor has only so many requests open at a time, and may go on once they are over', async () => {
      const held: http.ServerResponse[] = [];
      const { promise: isFull, resolve: full } = deferred<void>();
      const { open: most } = limitsByTier.ATTACK;
      answer = (_req, res) => {
        held.push(res);
        if (held.length === most) full();
      };
      await settle({ underAttack: true }, 'app.test', 'held');
      const from = { headers: { 'x-forwarded-for': '203.0.113.9' } };
      const waiting = Array.from({ length: most }, () => told(from));
      await isFull;
      expect(await told(from)).toBe('TOO_MANY_REQUESTS');
      answer = (_req, res) => res.end('app');
      expect(await told({ headers: { 'x-forwarded-for': '203.0.113.10' } })).toBe('app');
      for (const res of held) res.end('late');
      expect(await Promise.all(waiting)).toEqual(Array(most).fill('late'));
      await expect.poll(() => told(from), { interval: 20 }).toBe('app');
    });
  });
}

/** The connection may end while the body is still being sent. */
const ends = () => 'ended';
