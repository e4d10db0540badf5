import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { publicId } from '@apployd/core/id';
import { appendEvent, appendEvents } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { ask, mutate, type Data } from '../testing/client.js';
import { firstEvent } from '../testing/first-event.js';
import { aDeployment, aMember, anEnvironment, aPerson, aProject, aToken, onPlan, uuid } from '../testing/make.js';
import type { MadeProject, Person } from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await testServer({ settings: { accessCheckMs: 20, lookAgainMs: 500 } });
  person = await aPerson(server);
  await onPlan(server, person, 'BUSINESS');
});
afterAll(() => server.close());

/** Transactions wait for each other here, on a machine that has other work. */
const patient = { maxWait: 20_000, timeout: 20_000 };
const cursorOf = (sequence: number) => Buffer.from(`1:${sequence}`).toString('base64url');
const streamOf = (project: MadeProject) =>
  ({ organizationId: uuid(person.organizationId), streamId: uuid(project.id), kind: 'PROJECT' }) as const;
const append = (project: MadeProject, type: string, tx: Transaction, data = {}) =>
  appendEvent(tx, { ...streamOf(project), type, subjectId: uuid(project.id), data });
const tell = (project: MadeProject, type: string) =>
  transactAndTell(server, (tx) => append(project, type, tx), patient);

const follow = `subscription ($id: ID!, $after: StreamCursor, $types: [String!]) {
  projectEvents(projectId: $id, after: $after, types: $types) { __typename
    ... on ProjectEvent { id cursor type data } ... on StreamGap { gapReason lost cursor } ... on StreamEnd { endReason cursor } } }`;

/** What is said until it is as it should be. */
async function follows(
  project: MadeProject,
  args: { readonly after?: string; readonly types?: readonly string[]; readonly token?: string },
  isDone: (messages: readonly Data[]) => boolean,
): Promise<Data[]> {
  const wire = socketClient(server, args.token ?? person.token);
  const said: Data[] = [];
  const variables = { id: project.id, after: args.after, types: args.types };
  await collect(wire.client, { query: follow, variables }, ({ projectEvents }) => {
    said.push(projectEvents);
    return !isDone(said);
  });
  await wire.close();
  return said;
}

async function page(project: MadeProject, args: string, token = person.token) {
  const selection =
    'nodes { type data actor { __typename ... on User { name } ... on ApiToken { name } } subject { __typename ... on Node { id } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  const query = `query ($id: ID!) { project(by: { id: $id }) { events${args && `(${args})`} { ${selection} } } }`;
  const { data, errors } = await ask(server, query, { id: project.id }, { token });
  return errors[0]?.extensions.code ?? data.project.events;
}
const typesOf = ({ nodes }: Data): string[] => nodes.map(({ type }: Data) => type);

describe('Project.events', () => {
  test('says who did what, with what it is about, and is read forward and backward', async () => {
    const project = await aProject(server, person);
    await mutate(
      server,
      person.token,
      'variablesSet',
      { environmentId: project.environmentId, variables: [{ key: 'A', value: 'hush-hush' }] },
      '',
    );
    await tell(project, 'deployment.ready');
    const all = await page(project, '');
    expect(all.nodes).toMatchObject([
      { type: 'project.created', actor: { name: 'Ada' }, subject: { __typename: 'Project', id: project.id } },
      {
        type: 'variables.set',
        subject: { __typename: 'Environment', id: project.environmentId },
        data: { set: ['A'] },
      },
      // Nothing has this id: it is gone.
      { type: 'deployment.ready', actor: { __typename: 'SystemActor' }, subject: null },
    ]);
    expect(JSON.stringify(all)).not.toContain('hush-hush');
    const head = await page(project, 'first: 2');
    expect([typesOf(head), head.pageInfo.hasNextPage]).toEqual([['project.created', 'variables.set'], true]);
    const rest = await page(project, `first: 2, after: "${head.pageInfo.endCursor}"`);
    expect([typesOf(rest), rest.pageInfo.hasNextPage]).toEqual([['deployment.ready'], false]);
    const tail = await page(project, 'last: 2');
    expect([typesOf(tail), tail.pageInfo.hasPreviousPage]).toEqual([['variables.set', 'deployment.ready'], true]);
    expect(typesOf(await page(project, `last: 2, before: "${tail.pageInfo.startCursor}"`))).toEqual([
      'project.created',
    ]);
    expect(typesOf(await page(project, 'types: ["project.*", "deployment.ready"]'))).toEqual([
      'project.created',
      'deployment.ready',
    ]);
  });

  test.each(['types: []', 'types: ["deployment"]', 'types: ["%.*"]', 'first: 1, last: 1', 'after: "nonsense"'])(
    'refuses %s',
    async (args) => {
      expect(await page(await aProject(server, person), args)).toBe('BAD_REQUEST');
    },
  );

  test('names the token that acted to those who may see it, and to others the person behind it', async () => {
    const token = await aToken(server, person, { scopes: ['PROJECT_WRITE', 'TOKEN_WRITE'], name: 'Robot' });
    const project = await aProject(server, person);
    await mutate(server, token, 'projectUpdate', { projectId: project.id, name: 'Store' }, '');
    const actors = async (by: string) => (await page(project, 'last: 1', by)).nodes.map(({ actor }: Data) => actor);
    expect(await actors(person.token)).toEqual([{ __typename: 'ApiToken', name: 'Robot' }]);
    const viewer = await aMember(server, person, 'VIEWER');
    expect(await actors(viewer.token)).toEqual([{ __typename: 'User', name: 'Ada' }]);
    const reader = await aToken(server, person, { scopes: ['PROJECT_READ'] });
    expect(await actors(reader)).toEqual([{ __typename: 'User', name: 'Ada' }]);
  });

  test('shows a token for one environment nothing of another, by page, by id and live', async () => {
    const project = await aProject(server, person);
    const other = await anEnvironment(server, project);
    const at = { projectId: uuid(project.id), environmentId: uuid(other.environmentId) };
    const token = await aToken(server, person, { scopes: ['PROJECT_READ'], ...at });
    const id = await aDeployment(server, project);
    const ofHidden = { environmentId: publicId('Environment', uuid(project.environmentId)) };
    await transactAndTell(server, async (tx) => {
      const event = { ...streamOf(project), type: 'deployment.ready', subjectId: id, data: ofHidden };
      await appendEvent(tx, event);
      await appendEvent(tx, { ...event, type: 'environment.crashed', subjectId: uuid(other.environmentId), data: {} });
    });
    expect(typesOf(await page(project, '', token))).toEqual(['project.created', 'environment.crashed']);
    expect(typesOf(await page(project, ''))).toHaveLength(3);
    const hidden = await server.db.event.findFirstOrThrow({ where: { subjectId: id } });
    const { data } = await ask(server, `{ node(id: "${publicId('ProjectEvent', hidden.id)}") { id } }`, {}, { token });
    expect(data.node).toBeNull();
    const said = await follows(project, { token }, (messages) => messages.length === 2);
    expect(said.map(({ type }) => type)).toEqual(['project.created', 'environment.crashed']);
  });

  test('tells each project whose slice was divided anew', async () => {
    const project = await aProject(server, person);
    const limits = { memoryBytes: 128 * 1024 * 1024, cpuMillicores: 60, bandwidthBytesPerMonth: 2 ** 30 };
    const changes = [{ projectId: project.id, limits }];
    await mutate(server, person.token, 'allocationsSet', { organizationId: person.organizationId, changes }, '');
    const { nodes } = await page(project, 'last: 1');
    expect(nodes).toMatchObject([{ type: 'allocation.changed', data: { limits }, subject: { id: project.id } }]);
  });
});

describe('projectEvents', () => {
  test('gives what was, then what comes, each once and in order, over cut wires, while many append at the same moment', async () => {
    const project = await aProject(server, person);
    const total = 120;
    const seen: string[] = [];
    let after: string | undefined;
    const wire = socketClient(server, person.token);
    const payload = {
      query: follow,
      // Read again on every connect, so that it resumes behind what was seen.
      get variables() {
        return { id: project.id, after };
      },
    };
    const appendTwo = (tx: Transaction) =>
      appendEvents(tx, streamOf(project), [
        { type: 'environment.down', subjectId: uuid(project.environmentId) },
        { type: 'environment.recovered', subjectId: uuid(project.environmentId) },
      ]);
    // As many as there are connections: more would only wait for one, which they may not for long.
    const writers = 5;
    const writing = Promise.all(
      Array.from({ length: writers }, async () => {
        for (let i = 0; i < total / 2 / writers; i += 1) await transactAndTell(server, appendTwo, patient);
      }),
    );
    await collect(wire.client, payload, ({ projectEvents }) => {
      after = projectEvents.cursor;
      seen.push(projectEvents.cursor);
      if (seen.length % 25 === 0 && seen.length < total) wire.cut();
      return seen.length <= total;
    });
    await writing;
    await wire.close();
    expect(seen).toEqual(Array.from({ length: total + 1 }, (_, i) => cursorOf(i + 1)));
  });

  test('shows no event before another that came to its place earlier and is committed later', async () => {
    const project = await aProject(server, person);
    let commit = () => {};
    const held = new Promise<void>((resolve) => (commit = resolve));
    let isPlaced = () => {};
    const placed = new Promise<void>((resolve) => (isPlaced = resolve));
    const first = transactAndTell(
      server,
      async (tx) => {
        await append(project, 'environment.down', tx);
        isPlaced();
        await held;
      },
      patient,
    );
    await placed;
    const second = tell(project, 'environment.recovered');
    expect(typesOf(await page(project, ''))).toEqual(['project.created']);
    commit();
    await Promise.all([first, second]);
    expect(typesOf(await page(project, ''))).toEqual(['project.created', 'environment.down', 'environment.recovered']);
    const times = await server.db.event.findMany({
      where: { streamId: uuid(project.id) },
      orderBy: { sequence: 'asc' },
    });
    expect(times.map(({ createdAt }) => createdAt)).toEqual(
      times.map(({ createdAt }) => createdAt).toSorted((a, b) => Number(a) - Number(b)),
    );
  });

  test('gives only the types that are wanted, and admits what was too old to be kept', async () => {
    const project = await aProject(server, person);
    for (const type of ['environment.down', 'deployment.ready', 'environment.recovered']) await tell(project, type);
    const wanted = await follows(project, { types: ['environment.*'] }, (said) => said.length === 2);
    expect(wanted.map(({ type }) => type)).toEqual(['environment.down', 'environment.recovered']);
    await server.db.event.deleteMany({ where: { streamId: uuid(project.id), sequence: { lt: 4n } } });
    const said = await follows(project, { after: cursorOf(1) }, (messages) => {
      if (messages.length === 2) void tell(project, 'deployment.failed');
      return messages.length === 3;
    });
    expect(said).toMatchObject([
      { __typename: 'StreamGap', gapReason: 'RETENTION', lost: 2, cursor: cursorOf(3) },
      { type: 'environment.recovered', cursor: cursorOf(4) },
      { type: 'deployment.failed', cursor: cursorOf(5) },
    ]);
  });

  test('ends with a reason once access is lost, or the project is gone', async () => {
    const project = await aProject(server, person);
    const guest = await aMember(server, person, 'VIEWER');
    const lost = await follows(project, { token: guest.token }, (said) => {
      if (said.length === 1)
        void server.db.membership.deleteMany({ where: { userId: uuid(guest.userId), role: 'VIEWER' } }).then();
      return false;
    });
    expect(lost.at(-1)).toEqual({ __typename: 'StreamEnd', endReason: 'ACCESS_REVOKED', cursor: cursorOf(1) });
    const id = uuid(project.id);
    const gone = await follows(project, {}, (said) => {
      if (said.length === 1)
        void server.db.eventStream.delete({ where: { id } }).then(() => server.events.publish('event', id));
      return false;
    });
    expect(gone.at(-1)).toMatchObject({ __typename: 'StreamEnd', endReason: 'SOURCE_ENDED' });
  });

  test('refuses types that are none, and to wait behind what has not happened', async () => {
    const { id } = await aProject(server, person);
    for (const args of [`types: ["no type"]`, `after: "${cursorOf(99)}"`]) {
      const { errors } = await firstEvent(
        server,
        `subscription { projectEvents(projectId: "${id}", ${args}) { __typename } }`,
        person.token,
      );
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST' });
    }
  });
});
