import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, publicId } from '@apployd/core/id';
import { ask, mutate, type Data } from '../testing/client.js';
import {
  aMember,
  anInvitation,
  aPerson,
  aProject,
  aToken,
  uuid,
  type MadeProject,
  type Person,
} from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let ada: Person;
let shop: MadeProject;
const value = 'a-secret-value-of-a-variable';
beforeAll(async () => {
  server = await testServer();
  ada = await aPerson(server);
  shop = await aProject(server, ada);
  const variables = [{ key: 'KEY', value, isSecret: true }];
  await mutate(server, ada.token, 'variablesSet', { environmentId: shop.environmentId, variables }, '');
  await mutate(server, ada.token, 'organizationUpdate', { organizationId: ada.organizationId, name: 'Renamed' }, '');
});
afterAll(() => server.close());

const selection = `id at action targetId ip userAgent requestId refusal changes
  actor { __typename ... on User { id name } ... on ApiToken { id name prefix } ... on SystemActor { component } }`;
const look = (token: string, args = 'first: 50', organizationId = ada.organizationId) =>
  ask(
    server,
    `{ organization(by: { id: "${organizationId}" }) { auditLog(${args}) { nodes { ${selection} } pageInfo { hasNextPage endCursor } } } }`,
    {},
    { token },
  );
const entries = async (filter: string): Promise<Data[]> =>
  (await look(ada.token, `filter: { ${filter} }`)).data.organization.auditLog.nodes;
const actions = async (filter: string) => (await entries(filter)).map(({ action }) => action);

describe('the audit log', () => {
  test('says who has done what, when, from where, and what it was before', async () => {
    const [newest] = await entries('');
    expect(newest).toMatchObject({
      actor: { __typename: 'User', id: ada.userId, name: 'Ada' },
      action: 'organizationUpdate',
      targetId: ada.organizationId,
      ip: '127.0.0.1',
      changes: { before: { name: expect.any(String) }, after: { name: 'Renamed' } },
    });
    expect(Date.parse(newest.at)).toBeLessThanOrEqual(Date.now());
    expect(newest.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('names the token that acted, and the platform where nobody did', async () => {
    const token = await aToken(server, ada, { scopes: ['ORG_WRITE'], name: 'renamer' });
    await mutate(server, token, 'organizationUpdate', { organizationId: ada.organizationId, name: 'By token' }, '');
    const row = { id: newId(), organizationId: uuid(ada.organizationId), requestId: newId() };
    await server.db.auditEvent.create({ data: { ...row, actorKind: 'SYSTEM', action: 'projectPurge' } });
    expect((await entries('')).slice(0, 2).map(({ actor }) => actor)).toMatchObject([
      { __typename: 'SystemActor', component: 'platform' },
      { __typename: 'ApiToken', name: 'renamer' },
    ]);
  });

  test('is filtered by actor, action, target and time', async () => {
    expect(await actions(`targetId: "${shop.environmentId}"`)).toEqual(['variablesSet']);
    expect(await actions('actions: ["projectCreate", "variablesSet"]')).toEqual(['variablesSet', 'projectCreate']);
    expect(await actions('actions: []')).toEqual([]);
    const byToken = await entries('actions: ["organizationUpdate"]');
    expect(await actions(`actorId: "${byToken[0].actor.id}"`)).toEqual(['organizationUpdate']);
    // What a person's tokens do, they do.
    expect((await entries(`actorId: "${ada.userId}", actions: ["organizationUpdate"]`)).length).toBe(2);
    expect(await actions(`actorId: "${shop.id}"`)).toEqual([]);
    const { at } = byToken[1];
    expect(await actions(`actions: ["organizationUpdate", "variablesSet"], until: "${at}"`)).toEqual(['variablesSet']);
    expect((await actions(`since: "${at}"`)).at(-1)).toBe('organizationUpdate');
  });

  test.each([
    ['targetId: "a\\u0000b"', 'targetId'],
    ['actions: ["a", "\\u0000"]', 'actions'],
    ['since: "1969-12-31T23:59:59.999Z"', 'since'],
    ['until: "+010000-01-01T00:00:00.000Z"', 'until'],
    ['until: "-271821-04-20T00:00:00.000Z"', 'until'],
  ])('refuses a filter that no entry can have: %s', async (filter, field) => {
    const { errors } = await look(ada.token, `filter: { ${filter} }`);
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST', field });
  });

  test('comes in pages that neither miss nor repeat anything', async () => {
    const whole = (await entries('')).map(({ id }) => id);
    const walked: string[] = [];
    for (let after = ''; ;) {
      const { nodes, pageInfo } = (await look(ada.token, `first: 2${after}`)).data.organization.auditLog;
      walked.push(...nodes.map(({ id }: Data) => id));
      if (!pageInfo.hasNextPage) break;
      after = `, after: "${pageInfo.endCursor}"`;
    }
    expect(walked).toEqual(whole);
  });

  test('is for those who may: others see neither the list nor an entry by its id', async () => {
    const [{ id }] = await entries('');
    const node = async (token: string) => (await ask(server, `{ node(id: "${id}") { id } }`, {}, { token })).data?.node;
    const admin = await aMember(server, ada, 'ADMIN');
    expect((await look(admin.token)).data.organization.auditLog.nodes.length).toBeGreaterThan(2);
    expect(await node(admin.token)).toEqual({ id });
    const developer = await aMember(server, ada, 'DEVELOPER');
    expect((await look(developer.token)).data.organization.auditLog).toBeNull();
    expect(await node(developer.token)).toBeNull();
    const stranger = await aPerson(server);
    expect((await look(stranger.token)).data.organization).toBeNull();
    expect(await node(stranger.token)).toBeNull();
    const narrow = await aToken(server, ada, { scopes: ['ORG_READ', 'AUDIT_READ'], projectId: uuid(shop.id) });
    expect((await look(narrow)).data.organization.auditLog).toBeNull();
    expect(await node(narrow)).toBeNull();
  });

  test('takes the scope AUDIT_READ of a token', async () => {
    const lacking = await aToken(server, ada, { scopes: ['ORG_WRITE', 'TOKEN_WRITE'] });
    const { errors } = await look(lacking);
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', missingScope: 'AUDIT_READ' });
    const holding = await aToken(server, ada, { scopes: ['ORG_READ', 'AUDIT_READ'] });
    expect((await look(holding)).data.organization.auditLog.nodes.length).toBeGreaterThan(2);
  });
});

const download = (token: string | null, search = '', organizationId = ada.organizationId) =>
  fetch(`${server.url}/audit/${organizationId}${search}`, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
const linesOf = (text: string): Data[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

describe('its export', () => {
  test('has every entry as the list has it, one a line, newest first', async () => {
    const response = await download(ada.token);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/x-ndjson; charset=utf-8',
    ]);
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="audit-${ada.organizationId}.ndjson"`,
    );
    expect(linesOf(await response.text())).toEqual(await entries(''));
  });

  test('is told where it is', async () => {
    const { data } = await ask(
      server,
      `{ organization(by: { id: "${ada.organizationId}" }) { auditExportUrl } }`,
      {},
      { token: ada.token },
    );
    expect(data.organization.auditExportUrl).toBe(`http://platform.test:8080/audit/${ada.organizationId}`);
  });

  test('takes the same filter, and refuses one that it does not know', async () => {
    const found = linesOf(await (await download(ada.token, '?actions=projectCreate&actions=variablesSet')).text());
    expect(found.map(({ action }) => action)).toEqual(['variablesSet', 'projectCreate']);
    expect(linesOf(await (await download(ada.token, `?targetId=${shop.environmentId}`)).text())).toHaveLength(1);
    const tooMany = `?${'actions=x&'.repeat(51)}targetId=x`;
    const impossible = ['?targetId=%00', '?actions=%00', '?since=%2B010000-01-01', '?until=1969-12-31'];
    for (const search of ['?action=x', '?since=yesterday', tooMany, ...impossible]) {
      const response = await download(ada.token, search);
      expect([response.status, (await response.json()).errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST']);
    }
  });

  test('asks for the same rights, and tells a foreign log from none by nothing', async () => {
    const problem = async (...call: Parameters<typeof download>) => {
      const response = await download(...call);
      return [response.status, (await response.json()).errors[0].extensions];
    };
    expect(await problem(null)).toEqual([401, { code: 'UNAUTHENTICATED', reason: 'MISSING' }]);
    const developer = await aMember(server, ada, 'DEVELOPER');
    expect(await problem(developer.token)).toMatchObject([403, { code: 'FORBIDDEN', requiredRole: 'ADMIN' }]);
    const token = await aToken(server, ada, { scopes: ['ORG_READ'] });
    expect(await problem(token)).toMatchObject([403, { code: 'FORBIDDEN', missingScope: 'AUDIT_READ' }]);
    const narrow = await aToken(server, ada, { scopes: ['AUDIT_READ'], projectId: uuid(shop.id) });
    expect(await problem(narrow)).toEqual([404, { code: 'NOT_FOUND' }]);
    const stranger = await aPerson(server);
    const textOf = async (id: string) => (await (await download(stranger.token, '', id)).text()).replaceAll(id, '');
    expect(await textOf(ada.organizationId)).toBe(await textOf(publicId('Organization', newId())));
    expect((await download(await aToken(server, ada, { scopes: ['AUDIT_READ'] }))).status).toBe(200);
  });

  test('never has a secret in it', async () => {
    const token = await mutate(
      server,
      ada.token,
      'apiTokenCreate',
      { organizationId: ada.organizationId, name: 'made', scopes: ['DEPLOY'] },
      '... on ApiTokenCreatePayload { secret }',
    );
    const invited = await anInvitation(server, ada, { email: 'grace@example.com' });
    const text = await (await download(ada.token)).text();
    expect(text).toContain('apiTokenCreate');
    for (const secret of [value, token.secret, invited, ada.token]) expect(text).not.toContain(secret);
  });
});

describe('an export of many entries', () => {
  let grace: Person;
  const many = 1_000;
  beforeAll(async () => {
    grace = await aPerson(server, 'Grace');
    const row = {
      organizationId: uuid(grace.organizationId),
      actorKind: 'USER' as const,
      action: 'many',
      requestId: 'x',
    };
    await server.db.auditEvent.createMany({
      // More than sockets hold between the two.
      data: Array.from({ length: many }, () => ({ id: newId(), ...row, changes: { after: 'x'.repeat(20_000) } })),
    });
  });

  test('has them all', async () => {
    expect(linesOf(await (await download(grace.token, '?actions=many', grace.organizationId)).text())).toHaveLength(
      many,
    );
  });

  test('reads no further than its reader does, and ends when the token that asks is revoked', async () => {
    const token = await aToken(server, grace, { scopes: ['AUDIT_READ'], name: 'exports' });
    const response = await download(token, '?actions=many', grace.organizationId);
    const reader = response.body?.getReader();
    await reader?.read();
    await server.db.apiToken.updateMany({ where: { name: 'exports' }, data: { revokedAt: new Date() } });
    const rest = async () => {
      while (!(await reader?.read())?.done);
    };
    await expect(rest()).rejects.toThrow();
  });
});
