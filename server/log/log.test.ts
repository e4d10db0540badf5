import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '@apployd/backplane/testing/until';
import { publicId } from '@apployd/core/id';
import { buildLogOf, runtimeLogOf, type NewLogLine } from '@apployd/core/log-line';
import { ask, type Data } from '../testing/client.js';
import { aDeployment, aPerson, aProject, uuid, type MadeProject, type Person } from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let project: MadeProject;
let wire: ReturnType<typeof socketClient>;
beforeAll(async () => {
  server = await testServer({ settings: { accessCheckMs: 20 } });
  person = await aPerson(server);
  project = await aProject(server, person);
});
beforeEach(() => {
  wire = socketClient(server, person.token);
});
afterEach(() => wire.close());
afterAll(() => server.close());

const lines = (deploymentId: string, from: number, count: number): NewLogLine[] =>
  Array.from({ length: count }, (_, i) => ({
    at: new Date(),
    source: 'BUILD',
    message: `line ${from + i}`,
    deploymentId,
  }));
const append = (id: string, from: number, count: number) =>
  server.logs.append(buildLogOf(id), uuid(person.organizationId), lines(id, from, count));
const end = (id: string) => server.logs.end(buildLogOf(id), uuid(person.organizationId));

const follow = `subscription ($id: ID!, $after: StreamCursor) { buildLogs(deploymentId: $id, after: $after) { __typename
  ... on LogBatch { cursor lines { sequence cursor message source truncated deploymentId } }
  ... on StreamGap { gapReason cursor } ... on StreamEnd { endReason cursor } } }`;
const messagesOf = (messages: Data[]): string[] =>
  messages.flatMap(({ buildLogs }) => buildLogs.lines?.map(({ message }: { message: string }) => message) ?? []);

describe('buildLogs', () => {
  test('gives all that was written, then what arrives, then says that it ended', async () => {
    const id = await aDeployment(server, project);
    await append(id, 1, 3);
    const reading = collect(
      wire.client,
      { query: follow, variables: { id: publicId('Deployment', id) } },
      ({ buildLogs }) => {
        if (buildLogs.lines?.at(-1).message === 'line 3') void append(id, 4, 2).then(() => end(id));
      },
    );
    const messages = await reading;
    expect(messagesOf(messages)).toEqual(['line 1', 'line 2', 'line 3', 'line 4', 'line 5']);
    expect(messages.at(-1).buildLogs).toMatchObject({ __typename: 'StreamEnd', endReason: 'SOURCE_ENDED' });
    expect(messages[0].buildLogs.lines[0]).toMatchObject({
      sequence: 1,
      source: 'BUILD',
      deploymentId: publicId('Deployment', id),
    });
  });

  test('goes on behind a cursor', async () => {
    const id = await aDeployment(server, project);
    await append(id, 1, 5);
    await end(id);
    const variables = { id: publicId('Deployment', id), after: Buffer.from('1:3').toString('base64url') };
    expect(messagesOf(await collect(wire.client, { query: follow, variables }))).toEqual(['line 4', 'line 5']);
  });

  test('resumes over cut wires without losing or repeating a line, while lines are appended', async () => {
    const id = await aDeployment(server, project);
    const total = 400;
    let after: string | undefined;
    const payload = {
      query: follow,
      // Read again on every connect, so that it resumes behind what was seen.
      get variables() {
        return { id: publicId('Deployment', id), after };
      },
    };
    const writing = (async () => {
      for (let from = 1; from <= total; from += 4) {
        await append(id, from, 4);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await end(id);
    })();
    let batches = 0;
    const messages = await collect(wire.client, payload, ({ buildLogs }) => {
      after = buildLogs.cursor;
      batches += 1;
      if (batches % 7 === 0 && batches < 60) wire.cut();
    });
    await writing;
    expect(messagesOf(messages)).toEqual(Array.from({ length: total }, (_, i) => `line ${i + 1}`));
  });

  test('ends with a reason once access is lost', async () => {
    const guest = await aPerson(server);
    await server.db.membership.create({
      data: { organizationId: uuid(person.organizationId), userId: uuid(guest.userId), role: 'VIEWER' },
    });
    const id = await aDeployment(server, project);
    await append(id, 1, 1);
    const theirs = socketClient(server, guest.token);
    const messages = await collect(
      theirs.client,
      { query: follow, variables: { id: publicId('Deployment', id) } },
      ({ buildLogs }) => {
        if (buildLogs.lines)
          void server.db.membership.deleteMany({ where: { userId: uuid(guest.userId), role: 'VIEWER' } }).then();
      },
    );
    expect(messages.at(-1).buildLogs).toMatchObject({
      endReason: 'ACCESS_REVOKED',
      cursor: Buffer.from('1:1').toString('base64url'),
    });
    await theirs.close();
  });

  test('ends with a reason once the session is over', async () => {
    const other = await aPerson(server);
    const own = await aProject(server, other);
    const id = await aDeployment(server, own);
    await server.logs.append(buildLogOf(id), uuid(other.organizationId), lines(id, 1, 1));
    const theirs = socketClient(server, other.token);
    const messages = await collect(
      theirs.client,
      { query: follow, variables: { id: publicId('Deployment', id) } },
      ({ buildLogs }) => {
        if (buildLogs.lines) void ask(server, 'mutation { accountSignOut { __typename } }', {}, { token: other.token });
      },
    );
    expect(messages.at(-1).buildLogs.endReason).toBe('ACCESS_REVOKED');
    await theirs.close();
  });

  test('lets go of the log when the reader leaves, though nothing is written', async () => {
    const id = await aDeployment(server, project);
    await append(id, 1, 1);
    await collect(wire.client, { query: follow, variables: { id: publicId('Deployment', id) } }, () => false);
    await until(() => server.openStreams() === 0, 'the stream to be left');
  });

  test('refuses a cursor that is none', async () => {
    const id = await aDeployment(server, project);
    const variables = { id: publicId('Deployment', id), after: 'bm9wZQ' };
    await expect(collect(wire.client, { query: follow, variables })).rejects.toThrow(/BAD_REQUEST/);
  });

  test('is served as server-sent events, too', async () => {
    const id = await aDeployment(server, project);
    await append(id, 1, 2);
    await end(id);
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${person.token}`,
      },
      body: JSON.stringify({ query: follow, variables: { id: publicId('Deployment', id) } }),
    });
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(text).toContain('line 2');
    expect(text).toContain('SOURCE_ENDED');
    expect(text).toContain('event: complete');
  });
});

describe('environmentLogs', () => {
  test('follows the output of the instances', async () => {
    const stream = runtimeLogOf(uuid(project.environmentId));
    const deploymentId = await aDeployment(server, project);
    await server.logs.append(stream, uuid(person.organizationId), [
      { at: new Date(), source: 'STDOUT', message: 'hello', deploymentId },
    ]);
    const query =
      'subscription ($id: ID!) { environmentLogs(environmentId: $id) { ... on LogBatch { lines { source message } } } }';
    const [first] = await collect(wire.client, { query, variables: { id: project.environmentId } }, () => false);
    expect(first.environmentLogs.lines).toEqual([{ source: 'STDOUT', message: 'hello' }]);
  });
});

describe('a page of a log', () => {
  const read = async (id: string, args: string) => {
    const document = `query ($id: ID!) { deployment(id: $id) { buildLogs(${args}) { nodes { message } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;
    const { data, errors } = await ask(server, document, { id: publicId('Deployment', id) }, { token: person.token });
    return errors[0]?.extensions.code ?? data.deployment.buildLogs;
  };
  const shown = ({ nodes, pageInfo }: Data) => [
    ...nodes.map((n: Data) => n.message),
    pageInfo.hasPreviousPage,
    pageInfo.hasNextPage,
  ];

  test('is read forward and backward, and not both', async () => {
    const id = await aDeployment(server, project);
    await append(id, 1, 5);
    const head = await read(id, 'first: 2');
    expect(shown(head)).toEqual(['line 1', 'line 2', false, true]);
    expect(shown(await read(id, `first: 2, after: "${head.pageInfo.endCursor}"`))).toEqual([
      'line 3',
      'line 4',
      true,
      true,
    ]);
    const tail = await read(id, 'last: 2');
    expect(shown(tail)).toEqual(['line 4', 'line 5', true, false]);
    expect(shown(await read(id, `last: 9, before: "${tail.pageInfo.startCursor}"`))).toEqual([
      'line 1',
      'line 2',
      'line 3',
      false,
      true,
    ]);
    expect(await read(id, 'first: 1, last: 1')).toBe('BAD_REQUEST');
    expect(await read(id, 'first: 1, after: "nonsense"')).toBe('BAD_REQUEST');
  });
});

describe('a search of a log', () => {
  const search = async (field: string, id: string, args: string) => {
    const found = 'lines { sequence level } stoppedAt isComplete scannedLines';
    const document = `query ($id: ID!) { node(id: $id) { ... on ${field} { logSearch(${args}) { ${found} } } } }`;
    const { data, errors } = await ask(server, document, { id }, { token: person.token });
    return errors[0]?.extensions.code ?? data.node.logSearch;
  };

  test('gives the newest lines that are wanted, and goes on from where it stopped', async () => {
    const id = await aDeployment(server, project);
    const messages = ['Error: one', 'two', 'error: three', 'warning: four'];
    const rows = messages.map((message) => ({ at: new Date(), source: 'BUILD', message, deploymentId: id }) as const);
    await server.logs.append(buildLogOf(id), uuid(person.organizationId), rows);
    const of = publicId('Deployment', id);
    const newest = await search('Deployment', of, 'last: 1, filter: { text: "ERROR", levels: [ERROR] }');
    expect(newest).toMatchObject({ lines: [{ sequence: 3, level: 'ERROR' }], isComplete: false });
    const rest = await search('Deployment', of, `before: "${newest.stoppedAt}", filter: { levels: [ERROR, WARN] }`);
    expect(rest).toMatchObject({ lines: [{ sequence: 1 }], isComplete: true, scannedLines: 2 });
    const fromStart = await search('Deployment', of, 'first: 2, filter: { text: "o" }');
    expect(fromStart.lines.map(({ sequence }: Data) => sequence)).toEqual([1, 2]);
    // Another environment's lines are no business of this one.
    expect((await search('Environment', project.environmentId, `filter: { deploymentId: "${of}" }`)).lines).toEqual([]);
  });

  test.each([
    'first: 1, last: 1',
    'filter: { deploymentId: "nonsense" }',
    `filter: { text: "${'x'.repeat(201)}" }`,
    'filter: { since: "2026-01-02T00:00:00Z", until: "2026-01-01T00:00:00Z" }',
  ])('refuses %s', async (args) => {
    expect(await search('Environment', project.environmentId, args)).toBe('BAD_REQUEST');
  });
});
