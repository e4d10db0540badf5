import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, mutate, post } from './testing/client.js';
import { aPerson, aProject, aSlice, onPlan, uuid, type MadeProject, type Person } from './testing/make.js';
import { testServer, type TestServer } from './testing/test-server.js';

let server: TestServer;
let ada: Person;
let shop: MadeProject;
beforeAll(async () => {
  server = await testServer();
  ada = await aPerson(server);
  await onPlan(server, ada, 'BUSINESS');
  shop = await aProject(server, ada);
});
afterAll(() => server.close());

const selection =
  '... on ProjectCreatePayload { replayed project { id name slug } } ... on IdempotencyError { problem }';
const create = (input: object) =>
  mutate(
    server,
    ada.token,
    'projectCreate',
    { organizationId: ada.organizationId, resources: aSlice, ...input },
    selection,
  );

describe('a key', () => {
  test('counts for a day, then its mutation has an effect again', async () => {
    const call = () => create({ name: 'Daily', idempotencyKey: 'once-a-day' });
    const first = await call();
    const age = (interval: string) =>
      server.db.$executeRawUnsafe(
        `UPDATE "IdempotencyKey" SET "createdAt" = now() - interval '${interval}' WHERE "key" = 'once-a-day'`,
      );
    await age('23 hours 59 minutes');
    expect(await call()).toMatchObject({ replayed: true, project: first.project });
    await age('24 hours 1 minute');
    const second = await call();
    expect(second.replayed).toBe(false);
    expect(second.project.id).not.toBe(first.project.id);
  });

  test('of what was refused may be used again with what is right', async () => {
    const idempotencyKey = 'mended-input';
    expect(await create({ name: '', idempotencyKey })).toMatchObject({ code: 'VALIDATION' });
    expect(await create({ name: 'Mended', idempotencyKey })).toMatchObject({ replayed: false });
  });
});

describe('the header Idempotency-Key', () => {
  const send = (document: string, variables: object, key: string) =>
    post(server, { query: document, variables }, { authorization: `Bearer ${ada.token}`, 'idempotency-key': key });
  const input = (name: string, more: object = {}) => ({
    organizationId: ada.organizationId,
    name,
    resources: aSlice,
    ...more,
  });
  const one = `mutation ($a: ProjectCreateInput!) { a: projectCreate(input: $a) { ${selection} } }`;

  test('does the same as the field', async () => {
    const first = await send(one, { a: input('Header') }, 'by-header-1');
    const again = await send(one, { a: input('Header') }, 'by-header-1');
    expect(again.data.a).toEqual({ ...first.data.a, replayed: true });
    expect((await send(one, { a: input('Another') }, 'by-header-1')).data.a).toMatchObject({ problem: 'KEY_REUSED' });
  });

  test('gives way to a field', async () => {
    const first = await send(one, { a: input('Field', { idempotencyKey: 'of-the-field' }) }, 'of-the-header');
    const again = await send(one, { a: input('Field', { idempotencyKey: 'of-the-field' }) }, 'another-header');
    expect(again.data.a).toEqual({ ...first.data.a, replayed: true });
    expect((await send(one, { a: input('Other') }, 'of-the-header')).data.a).toMatchObject({ replayed: false });
  });

  test('counts for each mutation of a document by its name: each is done once, however often the whole is sent', async () => {
    const both = `mutation ($a: ProjectCreateInput!, $b: DeploymentCreateInput!) {
      a: projectCreate(input: $a) { ${selection} }
      b: deploymentCreate(input: $b) { ... on DeploymentCreatePayload { replayed deployment { id } } } }`;
    const variables = { a: input('Both'), b: { environmentId: shop.environmentId } };
    const first = await send(both, variables, 'for-both-1');
    const again = await send(both, variables, 'for-both-1');
    expect(again.data).toEqual({ a: { ...first.data.a, replayed: true }, b: { ...first.data.b, replayed: true } });
  });

  test('is not enough for the same mutation twice in a document: the second one needs a field of its own', async () => {
    const twice = `mutation ($a: ProjectCreateInput!, $b: ProjectCreateInput!) {
      a: projectCreate(input: $a) { ${selection} } b: projectCreate(input: $b) { ${selection} } }`;
    const { data } = await send(twice, { a: input('First'), b: input('Second') }, 'for-twice-1');
    expect(data).toMatchObject({ a: { replayed: false }, b: { problem: 'KEY_REUSED' } });
    const own = { a: input('First'), b: input('Second', { idempotencyKey: 'of-its-own' }) };
    expect((await send(twice, own, 'for-twice-1')).data).toMatchObject({
      a: { replayed: true },
      b: { replayed: false },
    });
  });

  test('that is none is refused', async () => {
    const { status, errors } = await send(one, { a: input('Short') }, 'short');
    expect([status, errors[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
  });
});

test('a server that dies between the effect and its answer has the effect once: who asks again gets the answer', async () => {
  const program = fileURLToPath(new URL('testing/crashing-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', program, server.databaseUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
  const document =
    'mutation ($input: DeploymentCreateInput!) { deploymentCreate(input: $input) { ... on DeploymentCreatePayload { replayed deployment { id status } } } }';
  const variables = { input: { environmentId: shop.environmentId, idempotencyKey: 'through-a-crash' } };
  const deployments = () => server.db.deployment.count({ where: { projectId: uuid(shop.id) } });
  const before = await deployments();
  await expect(ask({ url: String(url) }, document, variables, { token: ada.token })).rejects.toThrow();
  await exited;
  const { data } = await ask(server, document, variables, { token: ada.token });
  expect(data.deploymentCreate).toMatchObject({ replayed: true, deployment: { status: 'QUEUED' } });
  expect(await deployments()).toBe(before + 1);
  expect(server.asked).toContain(`deploy ${uuid(data.deploymentCreate.deployment.id)}`);
});
