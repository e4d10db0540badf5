import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEdgeSettings } from '@apployd/core/edge-settings';
import { isVisitorPassword } from '@apployd/backplane/visitor-password/visitor-password';
import { issues, mutate } from '../testing/client.js';
import { aDomain, aPerson, aProject, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let shop: MadeProject;
beforeAll(async () => {
  server = await testServer();
  person = await aPerson(server);
  shop = await aProject(server, person);
});
afterAll(() => server.close());

const shown = `edge { maintenance maintenanceMessage users responseHeaders { name value } hostRedirect bodyLimit protocol visitorLimit underAttack } edgeVersion`;
const update = (edge: object, more: object = {}) =>
  mutate(
    server,
    person.token,
    'environmentEdgeUpdate',
    { environmentId: shop.environmentId, edge, ...more },
    `... on EnvironmentEdgeUpdatePayload { environment { ${shown} } replayed } ... on ConflictError { currentVersion } ${issues}`,
  );
const where = () => ({ id: uuid(shop.environmentId) });
const kept = async () => readEdgeSettings((await server.db.environment.findUniqueOrThrow({ where: where() })).edge);

test('what is absent stays, null gives the default back, and what changes nothing has no new version', async () => {
  const usual = { maintenance: false, maintenanceMessage: null, users: [], responseHeaders: [], hostRedirect: 'NONE' };
  expect((await update({})).environment).toEqual({
    edge: { ...usual, bodyLimit: 'UNLIMITED', protocol: 'HTTP1', visitorLimit: 'USUAL', underAttack: false },
    edgeVersion: 1,
  });
  await update({ maintenance: true, maintenanceMessage: 'At nine', bodyLimit: 'MIB_10' });
  const changed = await update({ maintenance: false, bodyLimit: null, visitorLimit: 'STRICT', underAttack: true });
  expect(changed.environment).toMatchObject({
    edge: { maintenance: false, maintenanceMessage: 'At nine', bodyLimit: 'UNLIMITED', visitorLimit: 'STRICT' },
    edgeVersion: 3,
  });
  expect((await update({ visitorLimit: 'STRICT' }, { expectedVersion: 3 })).environment.edgeVersion).toBe(3);
  expect(await update({ underAttack: false }, { expectedVersion: 2 })).toMatchObject({
    __typename: 'ConflictError',
    currentVersion: 3,
  });
  await update({ maintenanceMessage: null, visitorLimit: null, underAttack: null });
});

test('routes of all its names say so at once, each under a version of its own', async () => {
  await aDomain(server, shop, { verifiedAt: new Date() });
  const { hostname } = await server.db.environment.findUniqueOrThrow({ where: where() });
  const domain = await server.db.domain.findFirstOrThrow({ where: { environmentId: uuid(shop.environmentId) } });
  const { organizationId, environmentId } = domain;
  for (const each of [hostname, domain.name]) {
    const data = { hostname: each, organizationId, environmentId, targets: [], version: 1n };
    await server.db.route.create({ data });
  }
  await update({ responseHeaders: [{ name: 'X-Robots-Tag', value: 'noindex' }] });
  const routes = await server.db.route.findMany({ where: { environmentId } });
  expect(routes.map(({ edge }) => readEdgeSettings(edge).responseHeaders)).toEqual(
    Array(2).fill([{ name: 'X-Robots-Tag', value: 'noindex' }]),
  );
  expect(new Set(routes.map(({ version }) => version)).size).toBe(2);
  await update({ responseHeaders: [] });
});

test('passwords are kept as hashes, stay where none is given, and are told to nobody', async () => {
  const [ada, eve] = ['a password of ada', 'a password of eve'];
  const made = await update({
    users: [
      { name: 'ada', password: ada },
      { name: 'eve', password: eve },
    ],
  });
  expect(made.environment.edge.users).toEqual(['ada', 'eve']);
  const [first] = (await kept()).passwords;
  expect(await isVisitorPassword(ada, first?.hash ?? '')).toBe(true);
  expect(await isVisitorPassword(eve, first?.hash ?? '')).toBe(false);
  await update({ users: [{ name: 'ada' }] });
  expect((await kept()).passwords).toEqual([first]);
  const entries = await server.db.auditEvent.findMany({ where: { action: 'environmentEdgeUpdate' } });
  expect(JSON.stringify(entries)).toContain('"ada"');
  expect(JSON.stringify(entries)).not.toMatch(/scrypt|a password of/);
  await update({ users: null });
  expect((await kept()).passwords).toEqual([]);
});

test('settings that cannot be read are not written over', async () => {
  const unreadable = { passwords: [{ name: 'ada', hash: 'of ada' }], bodyLimit: 'OF_TOMORROW' };
  await server.db.environment.update({ where: where(), data: { edge: unreadable } });
  const refused = await update({ maintenance: false, users: [{ name: 'eve', password: 'a password of eve' }] });
  expect(refused).toMatchObject({ __typename: 'InvalidStateError' });
  expect((await server.db.environment.findUniqueOrThrow({ where: where() })).edge).toEqual(unreadable);
  await server.db.environment.update({ where: where(), data: { edge: {} } });
});

test.each([
  [{ users: [{ name: 'new' }] }, ['edge', 'users'], 'new is new here'],
  [{ users: [{ name: 'a:b', password: 'long enough' }] }, ['edge', 'users', '0', 'name'], 'without a colon'],
  [{ users: [{ name: 'a', password: 'short' }] }, ['edge', 'users', '0', 'password'], '8 to 128'],
  [{ users: Array(21).fill({ name: 'a' }) }, ['edge', 'users'], 'at most 20'],
  [{ users: [1, 2].map(() => ({ name: 'a', password: 'long enough' })) }, ['edge', 'users'], 'same name'],
  [{ maintenanceMessage: 'x'.repeat(501) }, ['edge', 'maintenanceMessage'], '500'],
  [{ maintenanceMessage: 'a\nb' }, ['edge', 'maintenanceMessage'], 'control'],
  [{ responseHeaders: [{ name: 'Set-Cookie', value: 'a=1' }] }, ['edge', 'responseHeaders', '0', 'name'], 'Set-Cookie'],
  [
    { responseHeaders: [{ name: 'Apployd-Error', value: 'x' }] },
    ['edge', 'responseHeaders', '0', 'name'],
    'own to say',
  ],
  [
    { responseHeaders: [{ name: 'Content-Length', value: '1' }] },
    ['edge', 'responseHeaders', '0', 'name'],
    'own to say',
  ],
  [{ responseHeaders: [{ name: 'X: a', value: '1' }] }, ['edge', 'responseHeaders', '0', 'name'], 'no colon'],
  [{ responseHeaders: [{ name: 'X', value: 'a\r\nB: c' }] }, ['edge', 'responseHeaders', '0', 'value'], 'one line'],
  [{ responseHeaders: ['X', 'x'].map((name) => ({ name, value: '1' })) }, ['edge', 'responseHeaders'], 'same name'],
])('refuses %j', async (edge, path, message) => {
  const refused = await update(edge);
  expect(refused).toMatchObject({ __typename: 'ValidationError', issues: [{ path }] });
  expect(refused.issues[0].message).toContain(message);
});
