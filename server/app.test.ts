import { connect } from 'node:net';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, type Client } from 'graphql-ws';
import { getIntrospectionQuery } from 'graphql';
import WebSocket from 'ws';
import { createLogger, type Logger } from '@apployd/backplane/log/logger';
import { until } from '@apployd/backplane/testing/until';
import { publicId } from '@apployd/core/id';
import { testDatabase } from '@apployd/prisma/test-database';
import { buildLogOf } from '@apployd/core/log-line';
import { ask, mutate, type Data } from './testing/client.js';
import { aDeployment, aPerson, aProject, password, uuid, type Person } from './testing/make.js';
import { collect, socketClient } from './testing/socket.js';
import { testServer, testSettings, type TestServer } from './testing/test-server.js';

let server: TestServer;
let person: Person;
const logged: string[] = [];
beforeAll(async () => {
  const log = createLogger({ name: 'server', level: 'warn', format: 'json', write: (line) => void logged.push(line) });
  server = await testServer({ log });
  person = await aPerson(server);
});
afterAll(() => server.close());

const post = (
  body: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  method = 'POST',
) => fetch(`${server.url}/graphql`, { method, headers, body: method === 'GET' ? undefined : body });
const viewer = JSON.stringify({ query: '{ viewer { user { id } } }' });

describe('a request', () => {
  test.each([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', { 'content-type': 'text/plain' }, 415],
    ['several parts', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['a page of another site', { 'content-type': 'application/json', origin: 'https://evil.example' }, 403],
    ['a page without an origin', { 'content-type': 'application/json', origin: 'null' }, 403],
    [
      'our own page',
      { 'content-type': 'application/json', origin: new URL(testSettings.APPLOYD_PUBLIC_URL).origin },
      200,
    ],
    ['a program', { 'content-type': 'application/json' }, 200],
  ])('from %s is answered by %j with %i', async (_, headers, status) => {
    const response = await post(viewer, headers);
    expect(response.status).toBe(status);
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    if (status === 403) expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN_ORIGIN');
  });

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('by %s is refused', async (method) => {
    expect((await post(viewer, { 'content-type': 'application/json' }, method)).status).toBe(405);
  });

  test('has at most 1 MiB', async () => {
    const padded = (bytes: number) => post(viewer + ' '.repeat(bytes - viewer.length));
    expect((await padded(1024 * 1024)).status).toBe(200);
    const response = await padded(1024 * 1024 + 1);
    expect([response.status, await response.json()]).toMatchObject([
      413,
      { errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] },
    ]);
  });

  test('that does not say its length has at most 1 MiB, too', async () => {
    const status = await new Promise((resolve, reject) => {
      const sent = request(
        `${server.url}/graphql`,
        { method: 'POST', headers: { 'content-type': 'application/json' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.on('error', reject);
      for (let i = 0; i < 20; i += 1) sent.write(`${' '.repeat(64 * 1024)}`);
      sent.end('{}');
    });
    expect(status).toBe(413);
  });

  test('carries one operation, not a batch', async () => {
    expect((await post(`[${viewer},${viewer}]`)).status).toBe(400);
  });

  test('is answered with its id', async () => {
    expect((await post(viewer)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect((await fetch(`${server.url}/healthz`)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ['a syntax error', '{ viewer {'],
    ['an unknown field', '{ nothing }'],
    ['a variable of the wrong kind', 'query ($id: ID! = 3.5) { deployment(id: $id) { id } }'],
    ['no query', ''],
  ])('with %s is a bad one', async (_, query) => {
    const { status, errors } = await ask(server, query, {}, { token: person.token });
    expect([status, errors[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
  });

  test('that is not JSON is a bad one', async () => {
    const response = await post('{"query":');
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    ]);
  });
});

describe('a document', () => {
  const deep = (levels: number) => {
    const between = Array.from({ length: levels - 2 }, (_, at) => (at % 2 ? 'productionEnvironment' : 'project'));
    const inside = between.reduceRight((inner, name) => `{ ${name} ${inner} }`, '{ id }');
    return `query ($id: ID!) { deployment(id: $id) ${inside} }`;
  };

  test('is at most 12 levels deep', async () => {
    const id = publicId('Deployment', await aDeployment(server, await aProject(server, person)));
    expect((await ask(server, deep(12), { id }, { token: person.token })).errors).toEqual([]);
    const { status, errors } = await ask(server, deep(13), { id }, { token: person.token });
    expect([status, errors[0]?.extensions.code]).toEqual([400, 'QUERY_TOO_DEEP']);
  });

  test('costs at most 1,000, whether sizes are literal or variables', async () => {
    const nested = 'projects(first: $n) { nodes { deployments(first: $n) { nodes { id number project { id } } } } }';
    const document = `query ($n: Int) { viewer { organizations(first: $n) { nodes { ${nested} } } } }`;
    expect((await ask(server, document, { n: 4 }, { token: person.token })).errors).toEqual([]);
    const { status, errors } = await ask(server, document, { n: 100 }, { token: person.token });
    expect([status, errors[0]?.extensions.code]).toEqual([400, 'QUERY_TOO_COSTLY']);
  });

  test('that is too much for nobody asks for a session', async () => {
    const document =
      '{ viewer { organizations { nodes { id pool { version } projects(first: 1) { nodes { id } } } } } }';
    const { status, errors } = await ask(server, document);
    expect([status, errors[0]?.extensions]).toEqual([401, { code: 'UNAUTHENTICATED', reason: 'MISSING' }]);
  });

  test('may be an introspection', async () => {
    const { data, errors } = await ask(server, getIntrospectionQuery(), {}, { token: person.token });
    expect(errors).toEqual([]);
    expect(data.__schema.queryType.name).toBe('Query');
  });

  test('asks for at most 100 nodes', async () => {
    const ids = Array.from({ length: 101 }, () => person.userId);
    const { errors } = await ask(
      server,
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids },
      { token: person.token },
    );
    expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
  });
});

describe('a fault of ours', () => {
  test('is logged whole and shown as its request id', async () => {
    const broken = await testServer({
      log: createLogger({ name: 's', level: 'error', format: 'json', write: (line) => void logged.push(line) }),
    });
    const ada = await aPerson(broken);
    const project = await aProject(broken, ada);
    await mutate(
      broken,
      ada.token,
      'variablesSet',
      { environmentId: project.environmentId, variables: [{ key: 'A', value: '1', isSecret: false }] },
      '',
    );
    await broken.db.variable.updateMany({ data: { sealedValue: Buffer.from('not sealed') } });
    const document = 'query ($id: ID!) { environment(id: $id) { variables { value } } }';
    const { data, errors, headers } = await ask(broken, document, { id: project.environmentId }, { token: ada.token });
    expect(data).toEqual({ environment: { variables: [{ value: null }] } });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions).toEqual({ code: 'INTERNAL', requestId: headers.get('x-request-id') });
    expect(errors[0]?.message).not.toMatch(/seal|decrypt|unsupported/i);
    expect(logged.filter((line) => line.includes(headers.get('x-request-id') ?? '?')).join()).toContain('stack');
    await broken.close();
  });

  test('in one mutation does not hide what another has done', async () => {
    const project = await aProject(server, person, { name: 'Committed' });
    const input = { environmentId: project.environmentId };
    const document = `mutation ($a: DeploymentCreateInput!, $b: DeploymentCreateInput!) {
      a: deploymentCreate(input: $a) { ... on DeploymentCreatePayload { deployment { number } } }
      b: deploymentCreate(input: $b) { ... on DeploymentCreatePayload { deployment { createdBy { name } } } } }`;
    const failing = `apployd_test_${Date.now()}`;
    await server.db.$executeRawUnsafe(
      `CREATE FUNCTION ${failing}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.ref = 'crash' THEN RAISE 'crash'; END IF; RETURN NEW; END $$`,
    );
    await server.db.$executeRawUnsafe(
      `CREATE TRIGGER ${failing} BEFORE INSERT ON "Deployment" FOR EACH ROW EXECUTE FUNCTION ${failing}()`,
    );
    const variables = { a: input, b: { ...input, source: { git: { ref: 'crash' } } } };
    const { data, errors } = await ask(server, document, variables, { token: person.token });
    expect(data).toEqual({ a: { deployment: { number: 1 } }, b: null });
    expect(errors).toMatchObject([{ path: ['b'], extensions: { code: 'INTERNAL' } }]);
    await server.db.$executeRawUnsafe(`DROP TRIGGER ${failing} ON "Deployment"`);
  });

  test('that takes too long is a timeout', async () => {
    const slow = await testServer({ timeLimits: { queryMs: 200, mutationMs: 30_000 } });
    const ada = await aPerson(slow);
    const { id } = await aProject(slow, ada);
    await slow.db.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE "Project" IN ACCESS EXCLUSIVE MODE`;
        const document = 'query ($id: ID!) { project(by: { id: $id }) { id } }';
        const { status, errors } = await ask(slow, document, { id }, { token: ada.token });
        expect([status, errors[0]?.extensions.code]).toEqual([504, 'TIMEOUT']);
      },
      { timeout: 20_000 },
    );
    await slow.close();
  });

  test('that changes something is answered in time too, is brought to its end, and its key tells how it ended', async () => {
    const { usual, slow, close } = await usualAndSlow();
    const ada = await aPerson(usual);
    const create = (on: TestServer, idempotencyKey: string) =>
      ask(
        on,
        'mutation ($input: ProjectCreateInput!) { made: projectCreate(input: $input) { ... on ProjectCreatePayload { replayed } } }',
        { input: { organizationId: ada.organizationId, name: 'Late', idempotencyKey } },
        { token: ada.token },
      );
    await slow.db.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE "Project" IN ACCESS EXCLUSIVE MODE`;
        const { status, errors } = await create(slow, 'late-but-once');
        expect([status, errors[0]?.extensions.code]).toEqual([504, 'TIMEOUT']);
      },
      { timeout: 20_000 },
    );
    await expect.poll(() => slow.db.project.count(), { timeout: 10_000 }).toBe(1);
    expect((await create(usual, 'late-but-once')).data).toEqual({ made: { replayed: true } });
    await close();
  });

  test('and fails after its answer was due is in the log all the same', async () => {
    const late: string[] = [];
    const log = createLogger({ name: 'server', level: 'warn', format: 'json', write: (line) => void late.push(line) });
    const { usual, slow, close } = await usualAndSlow(log);
    const ada = await aPerson(usual);
    const document = 'mutation ($input: ProjectCreateInput!) { projectCreate(input: $input) { __typename } }';
    await slow.db.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE "Project" IN ACCESS EXCLUSIVE MODE`;
        const input = { organizationId: ada.organizationId, name: 'Never' };
        const { headers } = await ask(slow, document, { input }, { token: ada.token });
        // The database's own timeout ends the statement: a fault that nobody is told of.
        const requestId = headers.get('x-request-id') ?? '?';
        await expect.poll(() => late.join(), { timeout: 15_000 }).toContain(requestId);
      },
      { timeout: 30_000 },
    );
    await close();
  }, 60_000);
});

/** Two servers on one database; the mutations of the second are late at once. */
async function usualAndSlow(log?: Logger) {
  const database = await testDatabase();
  const usual = await testServer({ database });
  const slow = await testServer({ database, log, timeLimits: { queryMs: 30_000, mutationMs: 100 } });
  const close = async () => {
    await Promise.all([usual.close(), slow.close()]);
    await database.close();
  };
  return { usual, slow, close };
}

describe('health', () => {
  test('tells life from readiness', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status).toBe(200);
    const lame = await testServer();
    await lame.dropDatabase();
    expect((await fetch(`${lame.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${lame.url}/healthz`)).status).toBe(200);
    await lame.close();
  });

  test('shows metrics to this machine alone', async () => {
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('process_cpu');
    expect((await fetch(`${server.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(404);
  });
});

describe('a socket', () => {
  const open = (options: { origin?: string; path?: string } = {}) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(
        `${server.url.replace('http', 'ws')}${options.path ?? '/graphql'}`,
        'graphql-transport-ws',
        { origin: options.origin },
      );
      socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
      socket.on('error', () => {});
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
    });

  test('opens for programs and for our own pages only', async () => {
    expect(await open()).toBe(101);
    expect(await open({ origin: new URL(testSettings.APPLOYD_PUBLIC_URL).origin })).toBe(101);
    expect(await open({ origin: 'https://evil.example' })).toBe(403);
    expect(await open({ path: '/elsewhere' })).toBe(404);
  });

  const closing = (connectionParams: object, headers: Record<string, string> = {}) =>
    new Promise<number>((resolve) => {
      class WithHeaders extends WebSocket {
        constructor(url: string, protocols: string[]) {
          super(url, protocols, { headers });
        }
      }
      const client: Client = createClient({
        url: `${server.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WithHeaders,
        connectionParams: { ...connectionParams },
        lazy: false,
        retryAttempts: 0,
        onNonLazyError: () => {},
        on: {
          closed: (event) => resolve((event as CloseEvent).code),
          connected: () => {
            resolve(0);
            void client.dispose();
          },
        },
      });
    });

  test('is closed with 4401 without a session that lives, and serves cookies', async () => {
    expect(await closing({})).toBe(4401);
    expect(await closing({ token: 'made-up' })).toBe(4401);
    expect(await closing({ token: person.token })).toBe(0);
    const document = 'mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { __typename } }';
    const { headers } = await ask(server, document, { input: { email: person.email, password } });
    expect(await closing({}, { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' })).toBe(0);
  });

  test('carries subscriptions only', async () => {
    const wire = socketClient(server, person.token);
    await expect(collect(wire.client, { query: '{ viewer { user { id } } }' })).rejects.toMatchObject([
      { extensions: { code: 'BAD_REQUEST' } },
    ]);
    await expect(collect(wire.client, { query: 'mutation { accountSignOut { __typename } }' })).rejects.toMatchObject([
      { extensions: { code: 'BAD_REQUEST' } },
    ]);
    await expect(collect(wire.client, { query: 'subscription {' })).rejects.toMatchObject([
      { extensions: { code: 'BAD_REQUEST' } },
    ]);
    await wire.close();
  });

  test('carries at most 20 subscriptions', async () => {
    const project = await aProject(server, person, { name: 'Many' });
    const id = publicId('Deployment', await aDeployment(server, project));
    const wire = socketClient(server, person.token);
    const query = 'subscription ($id: ID!) { deploymentChanged(id: $id) { status } }';
    let first = 0;
    const open = Array.from({ length: 20 }, () => wire.client.iterate<Data>({ query, variables: { id } }));
    await Promise.all(open.map(async (one) => (await one.next()).value?.data && (first += 1)));
    expect(first).toBe(20);
    await expect(collect(wire.client, { query, variables: { id } })).rejects.toMatchObject([
      { extensions: { code: 'RATE_LIMITED' } },
    ]);
    await Promise.all(open.map((one) => one.return?.()));
    await wire.close();
  });

  test('and server-sent events together carry at most 100 subscriptions of a person, until some end', async () => {
    const project = await aProject(server, person, { name: 'Very many' });
    const id = publicId('Deployment', await aDeployment(server, project));
    const query = 'subscription ($id: ID!) { deploymentChanged(id: $id) { status } }';
    const wires = Array.from({ length: 5 }, () => socketClient(server, person.token));
    const open = wires.flatMap(({ client }) =>
      Array.from({ length: 20 }, () => client.iterate<Data>({ query, variables: { id } })),
    );
    for (const one of open) expect((await one.next()).value?.data).toBeTruthy();
    const bySse = async () => {
      const leaving = new AbortController();
      const headers = {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${person.token}`,
      };
      const body = JSON.stringify({ query, variables: { id } });
      const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body, signal: leaving.signal });
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let seen = '';
      while (!/RATE_LIMITED|QUEUED/.test(seen)) seen += (await reader.read()).value;
      leaving.abort();
      return /RATE_LIMITED|QUEUED/.exec(seen)?.[0];
    };
    expect(await bySse()).toBe('RATE_LIMITED');
    await open[0]?.return?.();
    await until(async () => (await bySse()) === 'QUEUED', 'the place of the one that ended');
    await until(async () => (await bySse()) === 'QUEUED', 'the place of the one that was cut off');
    await Promise.all(wires.map((wire) => wire.close()));
  });

  test('takes messages of at most 64 KiB', async () => {
    const init = JSON.stringify({ type: 'connection_init', payload: { token: person.token } });
    const answerTo = (bytes: number) =>
      new Promise<string | number>((resolve) => {
        const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
        socket.on('open', () => socket.send(init + ' '.repeat(bytes - init.length)));
        socket.on('message', (message: Buffer) => {
          resolve((JSON.parse(String(message)) as { type: string }).type);
          socket.terminate();
        });
        socket.on('close', resolve);
        socket.on('error', () => {});
      });
    expect(await answerTo(64 * 1024)).toBe('connection_ack');
    expect(await answerTo(64 * 1024 + 1)).toBe(1009);
  });

  test('applies depth and cost to subscriptions', async () => {
    const wire = socketClient(server, person.token);
    const query = `subscription ($id: ID!) { deploymentChanged(id: $id) ${'{ project { productionEnvironment '.repeat(6)} { id } ${'} }'.repeat(6)} }`;
    const id = publicId('Deployment', await aDeployment(server, await aProject(server, person, { name: 'Deep' })));
    await expect(collect(wire.client, { query, variables: { id } })).rejects.toThrow(/QUERY_TOO_DEEP/);
    await wire.close();
  });
});

describe('a server that stops', () => {
  test('ends log streams in good order, and its sockets, and stops listening', async () => {
    const stopping = await testServer();
    const ada = await aPerson(stopping);
    const id = await aDeployment(stopping, await aProject(stopping, ada));
    await stopping.logs.append(buildLogOf(id), uuid(ada.organizationId), [
      { at: new Date(), source: 'BUILD', message: 'x', deploymentId: id },
    ]);
    const wire = socketClient(stopping, ada.token);
    const query =
      'subscription ($id: ID!) { buildLogs(deploymentId: $id) { ... on LogBatch { cursor } ... on StreamEnd { endReason cursor } } }';
    const messages = await collect(
      wire.client,
      { query, variables: { id: publicId('Deployment', id) } },
      ({ buildLogs }) => {
        if (!buildLogs.endReason) void stopping.app.close();
      },
    );
    expect(messages.at(-1).buildLogs).toEqual({
      endReason: 'SERVER_DRAIN',
      cursor: Buffer.from('1:1').toString('base64url'),
    });
    await wire.close();
    const { port } = new URL(stopping.url);
    await until(
      () =>
        new Promise<boolean>((resolve) => {
          const socket = connect(Number(port), '127.0.0.1', () => {
            socket.destroy();
            resolve(false);
          });
          socket.on('error', () => resolve(true));
        }),
      'the port to be free',
    );
    await stopping.close();
  });
});
