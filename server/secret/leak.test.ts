import { createLogger } from '@apployd/backplane/log/logger';
import { organizationKeys } from '@apployd/backplane/secret-box/organization-keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../testing/client.js';
import { aPerson, aProject, type MadeProject, type Person } from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, type TestServer } from '../testing/test-server.js';

const secret = 'Unusual "value" 4711/ä';
const inAnyForm = /Unusual|VW51c3VhbC|VudXN1YWwg/;
const answers: string[] = [];
let logged = '';
let server: TestServer;
let person: Person;
let project: MadeProject;

beforeAll(async () => {
  const log = createLogger({ name: 'server', level: 'trace', format: 'json', write: (line) => (logged += line) });
  server = await testServer({ log });
  person = await aPerson(server);
  project = await aProject(server, person);
});
afterAll(() => server.close());

const document = `mutation ($input: VariablesSetInput!) { variablesSet(input: $input) { __typename
  ... on Error { code message } ... on ValidationError { issues { path rule message } } ... on NotFoundError { targetId }
  ... on VariablesSetPayload { environment { variables { key value } } warnings { message } } } }`;

async function set(input: object, query = document): Promise<void> {
  const { data, errors } = await ask(server, query, { input }, { token: person.token });
  answers.push(JSON.stringify([data, errors]));
}

const right = () => ({
  environmentId: project.environmentId,
  variables: [{ key: 'TOKEN', value: secret, isSecret: true }],
  idempotencyKey: 'set-it-only-once',
});

/** Every cell of every table, bytes as text. */
async function allRows(): Promise<string> {
  const tables = await server.db.$queryRaw<{ name: string }[]>`
    SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`;
  const rows = await Promise.all(
    tables.map(({ name }) => server.db.$queryRawUnsafe(`SELECT to_jsonb(t)::text FROM ${name} t`)),
  );
  return JSON.stringify(rows);
}

test('a secret that is set, in the right field or in a wrong one, or met by a fault, is seen nowhere', async () => {
  await set(right());
  await set(right());
  const { variables } = right();
  for (const wrong of [
    { ...right(), variables: [{ ...variables[0], key: secret }] },
    { ...right(), variables: [{ ...variables[0], isSecret: secret }] },
    { ...right(), environmentId: secret },
    { ...right(), expectedVersion: secret },
    { ...right(), idempotencyKey: secret },
    { ...right(), [secret.replaceAll(/\W/g, '_')]: 1, variables: secret },
  ])
    await set(wrong);
  await set(
    right(),
    `mutation { variablesSet(input: { environmentId: ${JSON.stringify(secret)}, variables: ${JSON.stringify(secret)} }) { __typename } }`,
  );
  await set(right(), `mutation { variablesSet(${JSON.stringify(secret)} }`);
  const page = 'query ($input: StreamCursor) { environment(id: "x") { logs(after: $input) { nodes { message } } } }';
  await set(secret as never, page);

  const { boxIn } = organizationKeys(server.db, server.secretBox);
  server.keyring.boxIn = async (...asked) => ({
    ...(await boxIn(...asked)),
    seal: (text) => {
      throw new Error(`cannot seal ${String(text)}`, { cause: new Error(JSON.stringify({ text })) });
    },
  });
  await set({ ...right(), idempotencyKey: 'meets-a-fault' });

  expect(answers[0]).toContain('"value":null');
  expect(answers.at(-1)).toContain('INTERNAL');
  expect(logged).toContain('cannot seal [secret]');
  for (const text of [...answers, logged, await allRows(), server.asked.join()]) {
    expect(text.replaceAll('Unusual__value__4711', '')).not.toMatch(inAnyForm);
  }
});

test('nor does an error over a socket repeat it', async () => {
  const wire = socketClient(server, person.token);
  const follow =
    'subscription ($id: ID!, $after: StreamCursor) { buildLogs(deploymentId: $id, after: $after) { __typename } }';
  const literal = `subscription { buildLogs(deploymentId: ${JSON.stringify(secret)}, after: ${JSON.stringify(secret)}) { __typename } }`;
  for (const payload of [
    { query: follow, variables: { id: [secret], after: secret } },
    { query: follow, variables: { id: 'x', after: secret } },
    { query: literal },
    { query: `subscription { buildLogs(${JSON.stringify(secret)}` },
  ]) {
    const error: unknown = await collect(wire.client, payload).catch((thrown: unknown) => thrown);
    const told = error instanceof Error ? error.message : JSON.stringify(error);
    expect(told).toContain('BAD_REQUEST');
    expect(told).not.toMatch(inAnyForm);
  }
  expect(logged).not.toMatch(inAnyForm);
  await wire.close();
});
