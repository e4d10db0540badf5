import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { aRoute, openBench, type Bench } from '../testing/bench.js';
import { deferred } from '../testing/deferred.js';
import { visitors } from '../testing/visitors.js';

const benches: Bench[] = [];
const aBench = async (...options: Parameters<typeof openBench>) => {
  const bench = await openBench(...options);
  benches.push(bench);
  return bench;
};
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.close()));
});

const named = (name: string) => (req: http.IncomingMessage, res: http.ServerResponse) => {
  req.resume().once('end', () => res.end(name));
};

test('five switches fail none of many concurrent reads, though each old app ends at once', async () => {
  const bench = await aBench();
  let current = await bench.app(named('0'));
  const load = visitors(bench, 16);
  for (const name of ['1', '2', '3', '4', '5']) {
    await load.reach(load.seen.length + 200);
    const next = await bench.target(named(name));
    await bench.router.apply([aRoute('app.test', next.address)]);
    await current.end();
    current = next;
  }
  await load.reach(load.seen.length + 200);
  const seen = await load.stop();
  expect(seen.filter((body) => !/^[0-5]$/.test(body))).toEqual([]);
  expect(new Set(seen)).toEqual(new Set(['0', '1', '2', '3', '4', '5']));
});

test('five switches fail none of many concurrent writes when each old app ends after a drain', async () => {
  const bench = await aBench();
  let current = await bench.app(named('0'));
  const load = visitors(bench, 16, { method: 'POST', body: 'x'.repeat(20_000) });
  for (const name of ['1', '2', '3', '4', '5']) {
    const next = await bench.target(named(name));
    await bench.router.apply([aRoute('app.test', next.address)]);
    await Promise.all([load.pass(), load.reach(load.seen.length + 200)]);
    await current.end();
    current = next;
  }
  const seen = await load.stop();
  expect(seen.filter((body) => !/^[0-5]$/.test(body))).toEqual([]);
  expect(new Set(seen).size).toBeGreaterThanOrEqual(5);
});

test('a slow request finishes on the old app while new ones go to the new', async () => {
  const bench = await aBench();
  const opened = deferred<http.ServerResponse>();
  const old = await bench.app((_req, res) => {
    res.write('old ');
    opened.resolve(res);
  });
  const slow = bench.ask();
  const writer = await opened.promise;
  const next = await bench.target((_req, res) => res.end('new'));
  await bench.router.apply([aRoute('app.test', next.address)]);
  const ended = old.end();
  expect((await bench.ask()).body).toBe('new');
  writer.end('to its end');
  expect((await slow).body).toBe('old to its end');
  await ended;
});

test('an upload that began before a switch ends at the old app', async () => {
  const bench = await aBench();
  const opened = deferred();
  const old = await bench.app(async (req, res) => {
    opened.resolve();
    res.end((await req.toArray()).join(''));
  });
  const req = http.request({ host: '127.0.0.1', port: bench.port, method: 'POST', headers: { host: 'app.test' } });
  req.write('first ');
  await opened.promise;
  const next = await bench.target((_req, res) => res.end('new'));
  await bench.router.apply([aRoute('app.test', next.address)]);
  const ended = old.end();
  req.end('second');
  const [response] = (await once(req, 'response')) as [http.IncomingMessage];
  expect((await response.toArray()).join('')).toBe('first second');
  await ended;
});

test('connections to an app are used again', async () => {
  const bench = await aBench();
  const app = await bench.app((_req, res) => res.end('fine'));
  for (let i = 0; i < 20; i += 1) await bench.ask();
  expect(app.connections()).toBe(1);
});

test('idle connections to an app that has no route any more are closed', async () => {
  const bench = await aBench();
  const app = await bench.app((_req, res) => res.end('fine'));
  const connected = once(app.server, 'connection') as Promise<[net.Socket]>;
  await bench.ask();
  const [socket] = await connected;
  await Promise.all([once(socket, 'close'), bench.router.apply([aRoute('app.test')])]);
});

/** Answers the first request of each connection, and hangs up at the second. */
async function hangingUp() {
  const requests: string[] = [];
  let connections = 0;
  const server = net.createServer((socket) => {
    let count = 0;
    connections += 1;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      requests.push(data.toString().split(' ', 1)[0] ?? '');
      if ((count += 1) > 1) return void socket.destroy();
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  return { server, requests, connections: () => connections, address };
}

test('a read that meets a connection closed meanwhile is asked again on a new one', async () => {
  const bench = await aBench();
  const { server, requests, address } = await hangingUp();
  await bench.router.apply([aRoute('app.test', address)]);
  expect(await bench.ask()).toMatchObject({ status: 200 });
  expect(await bench.ask()).toMatchObject({ status: 200, body: 'fine' });
  expect(requests).toEqual(['GET', 'GET', 'GET']);
  server.close();
});

test('though every kept connection was closed meanwhile, a read is answered', async () => {
  const bench = await aBench();
  const { server, address } = await hangingUp();
  await bench.router.apply([aRoute('app.test', address)]);
  await Promise.all(Array.from({ length: 8 }, () => bench.ask()));
  for (let i = 0; i < 8; i += 1) expect(await bench.ask()).toMatchObject({ status: 200, body: 'fine' });
  server.close();
});

test('a write is never sent twice', async () => {
  const bench = await aBench();
  const { server, requests, connections, address } = await hangingUp();
  await bench.router.apply([aRoute('app.test', address)]);
  let asked = 0;
  const write = () => {
    asked += 1;
    return bench.ask({ method: 'POST', body: 'x' });
  };
  await write();
  let answer = await write();
  // One that comes after a pause is sent on a connection of its own, at which nobody hangs up.
  while (connections() === asked) answer = await write();
  expect(answer).toMatchObject({ status: 502, headers: { 'apployd-error': 'UPSTREAM_UNREACHABLE' } });
  expect(requests).toEqual(Array(asked).fill('POST'));
  server.close();
});

test('a request that kills its app is not tried on the next one', async () => {
  const bench = await aBench();
  const seen: string[] = [];
  const deadly = (name: string) => (req: http.IncomingMessage) => {
    seen.push(name);
    req.socket.destroy();
  };
  const [one, two] = [await bench.target(deadly('one')), await bench.target(deadly('two'))];
  await bench.router.apply([aRoute('app.test', one.address, two.address)]);
  expect(await bench.ask()).toMatchObject({ status: 502 });
  expect(seen).toHaveLength(1);
});

test.each([
  ['reads', {}],
  ['writes', { method: 'POST', body: 'x'.repeat(100_000) }],
])('%s to an app that takes no connection go, whole, to the next one', async (_, options) => {
  const bench = await aBench();
  const [one, two, three] = await Promise.all(
    [1, 2, 3].map(() => bench.target(async (req, res) => void res.end(String((await req.toArray()).join('').length)))),
  );
  await bench.router.apply([aRoute('app.test', one!.address, two!.address, three!.address)]);
  await Promise.all([one!.kill(), two!.kill()]);
  const expected = String('body' in options ? options.body.length : 0);
  for (let i = 0; i < 6; i += 1) expect(await bench.ask(options)).toMatchObject({ status: 200, body: expected });
});
