import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { until } from '@apployd/backplane/testing/until';
import { publicId } from '@apployd/core/id';
import { buildLogOf } from '@apployd/core/log-line';
import { aDeployment, aPerson, aProject, aToken, uuid, type Person } from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, testSettings, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await testServer({ socketTimes: { lookMs: 50 }, settings: { accessCheckMs: 20 } });
  ada = await aPerson(server);
});
afterAll(() => server.close());

const url = (of: TestServer) => `${of.url.replace('http', 'ws')}/graphql`;

/** A socket that speaks only when told to. */
async function open(of: TestServer, token?: string) {
  const socket = new WebSocket(url(of), 'graphql-transport-ws');
  const closed = once(socket, 'close') as Promise<[number, Buffer]>;
  await once(socket, 'open');
  const say = (message: object) => socket.send(JSON.stringify(message));
  const init = () => say({ type: 'connection_init', payload: { token } });
  if (token !== undefined) {
    init();
    await Promise.race([once(socket, 'message'), closed]);
  }
  return { socket, say, init, code: async () => (await closed)[0] };
}

const subscribe = (id: string, deployment: string) => ({
  id,
  type: 'subscribe',
  payload: { query: `subscription { deploymentChanged(id: "${deployment}") { status } }` },
});

describe('a socket', () => {
  test('that says nothing is closed with 4408', async () => {
    const impatient = await testServer({ socketTimes: { initMs: 200 } });
    expect(await (await open(impatient)).code()).toBe(4408);
    await impatient.close();
  });

  test('that introduces itself twice is closed with 4429', async () => {
    const { init, code } = await open(server, ada.token);
    init();
    expect(await code()).toBe(4429);
  });

  test('is one of ten at most for one person, and of ten more for each token', async () => {
    const bob = await aPerson(server);
    const many = await Promise.all(Array.from({ length: 10 }, () => open(server, bob.token)));
    expect(await (await open(server, bob.token)).code()).toBe(4429);
    const token = await aToken(server, bob, { scopes: ['LOG_READ'] });
    const other = await open(server, token);
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
    for (const { socket } of [...many, other]) socket.terminate();
  });

  test('without a subscription is closed with 1000 after its time', async () => {
    const impatient = await testServer({ socketTimes: { idleMs: 100, lookMs: 20 } });
    const { token } = await aPerson(impatient);
    expect(await (await open(impatient, token)).code()).toBe(1000);
    await impatient.close();
  });

  test('is closed with 4403 when its token is revoked, also one that carries a stream', async () => {
    const project = await aProject(server, ada, { name: 'Revoked' });
    const deployment = publicId('Deployment', await aDeployment(server, project));
    const token = await aToken(server, ada, { scopes: ['PROJECT_READ'] });
    const [idle, busy] = await Promise.all([open(server, token), open(server, token)]);
    busy.say(subscribe('1', deployment));
    await once(busy.socket, 'message');
    await server.db.apiToken.updateMany({ data: { revokedAt: new Date() } });
    expect(await Promise.all([idle.code(), busy.code()])).toEqual([4403, 4403]);
  });
});

describe('subscriptions', () => {
  const limited = (rate: number) => testServer({ settings: { ...testSettings, SERVER_RATE_SUBSCRIPTIONS: rate } });

  test.each(['WebSocket', 'server-sent events'])('begun by %s are so many a minute', async (way) => {
    const few = await limited(3);
    const { token } = await aPerson(few);
    const query = 'subscription { deploymentChanged(id: "x") { id } }';
    const wire = socketClient(few, token);
    const over = way === 'WebSocket' ? () => collect(wire.client, { query }) : () => bySse(few, token, query);
    for (let i = 0; i < 3; i += 1) expect(JSON.stringify(await over())).toContain('null');
    expect(await over().then(JSON.stringify, (error: Error) => `${error.message} ${JSON.stringify(error)}`)).toContain(
      'RATE_LIMITED',
    );
    await wire.close();
    await few.close();
  });

  async function bySse(of: TestServer, token: string, query: string): Promise<string> {
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
    };
    const response = await fetch(`${of.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return response.text();
  }
});

describe('a reader that does not read', () => {
  test('has no more of a log read for it than the buffers of its connection hold, and misses no line', async () => {
    const id = await aDeployment(server, await aProject(server, ada, { name: 'Slow' }));
    const message = 'x'.repeat(2_000);
    const count = 10_000;
    for (let from = 0; from < count; from += 1_000) {
      const lines = Array.from(
        { length: 1_000 },
        () => ({ at: new Date(), source: 'BUILD', message, deploymentId: id }) as const,
      );
      await server.logs.append(buildLogOf(id), uuid(ada.organizationId), lines);
    }
    await server.logs.end(buildLogOf(id), uuid(ada.organizationId));
    const read = readsSlowly(server);
    const { socket, say } = await open(server, ada.token);
    socket.pause();
    const query = `subscription { buildLogs(deploymentId: "${publicId('Deployment', id)}") { ... on LogBatch { lines { sequence message } } ... on StreamEnd { endReason } } }`;
    say({ id: '1', type: 'subscribe', payload: { query } });
    await until(() => read.calls() > 0 && read.isStill());
    expect(read.lines() * message.length).toBeLessThan(4 * 1024 * 1024);
    const seen = sequences(socket);
    socket.resume();
    expect(await seen).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    socket.terminate();
  });

  /** How much of a log has been taken from the store. */
  function readsSlowly({ logs }: TestServer) {
    let [calls, lines, at] = [0, 0, Date.now()];
    const follow = logs.follow.bind(logs);
    Object.assign(logs, {
      follow: async function* (...call: Parameters<typeof follow>) {
        for await (const message of follow(...call)) {
          [calls, lines, at] = [calls + 1, lines + ('lines' in message ? message.lines.length : 0), Date.now()];
          yield message;
        }
      },
    });
    return { calls: () => calls, lines: () => lines, isStill: () => Date.now() - at > 300 };
  }

  async function sequences(socket: WebSocket): Promise<number[]> {
    const seen: number[] = [];
    for await (const [data] of on(socket)) {
      const { payload } = JSON.parse(String(data)) as { payload?: { data: { buildLogs: Partial<Event> } } };
      const { lines = [], endReason } = payload?.data.buildLogs ?? {};
      seen.push(...lines.map(({ sequence }) => sequence));
      if (endReason) break;
    }
    return seen;
  }
  type Event = { readonly lines: readonly { readonly sequence: number }[]; readonly endReason: string };
});

async function* on(socket: WebSocket): AsyncGenerator<[Buffer]> {
  const waiting: Buffer[] = [];
  let wake = () => {};
  socket.on('message', (data: Buffer) => {
    waiting.push(data);
    wake();
  });
  for (;;) {
    for (let data = waiting.shift(); data; data = waiting.shift()) yield [data];
    await new Promise<void>((resolve) => (wake = resolve));
  }
}
