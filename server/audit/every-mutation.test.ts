import { afterAll, beforeAll, expect, test } from 'vitest';
import { publicId } from '@apployd/core/id';
import { isObjectType } from 'graphql';
import type { AuditEvent } from '@apployd/prisma/generated/client/client';
import { schema } from '../schema.js';
import { acts, type Act } from '../testing/acts.js';
import { ask, post } from '../testing/client.js';
import { uuid } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { aWorld, restoreRoles, type World } from '../testing/world.js';

let server: TestServer;
let world: World;
beforeAll(async () => {
  server = await testServer();
  world = await aWorld(server);
});
afterAll(() => server.close());

/** Done without having signed in. What of it concerns an account is in that one's history: account/security-event. */
const isOpen = ({ asks }: Act) => asks === 'anybody';
const isOfNoOrganization = ({ mutation }: Act) =>
  mutation === 'operatorSet' || mutation === 'planUpdate' || mutation.startsWith('account');

test('every mutation of the schema is tried here', () => {
  const fields = Object.keys(schema.getMutationType()?.getFields() ?? {});
  expect([...new Set(Object.values(acts).map(({ mutation }) => mutation))].sort()).toEqual(fields.sort());
});

const effective = Object.entries(acts).filter(([, act]) => !isOpen(act));

test.each(effective)('%s is in the audit log: who, what, when, from where, before and after', async (_, act) => {
  await restoreRoles(world);
  const by = act.asks === 'operator' ? world.operator : world.people.OWNER;
  const input = await act.input(world, by);
  const begun = new Date();
  const { headers, text } = await send(act, input, by.token);
  const entries = await server.db.auditEvent.findMany({ where: { requestId: headers.get('x-request-id') ?? '' } });
  expect(entries).toHaveLength(1);
  const [entry] = entries as [AuditEvent];
  expect(entry).toMatchObject({
    action: act.mutation,
    actorKind: 'USER',
    userId: uuid(by.userId),
    tokenId: null,
    targetId: expect.stringMatching(/^[a-z]{3}_[0-9a-z]{26}$/),
    ip: '127.0.0.1',
    userAgent: 'a browser of tests',
  });
  expect(entry.createdAt.getTime()).toBeGreaterThanOrEqual(begun.getTime() - 1_000);
  expect(Object.keys(entry.changes ?? {}).sort()).toEqual([...act.tells].sort());
  expect(entry.organizationId === null).toBe(isOfNoOrganization(act));
  const secrets = secretsIn(input, text);
  if (secretsOf(act.mutation)) expect(secrets).not.toEqual([]);
  for (const secret of secrets) expect(JSON.stringify(entry)).not.toContain(secret);
});

test('what a token does is told with the token and the person it acts for', async () => {
  const { people, organizationId } = world;
  const { data } = await ask(
    server,
    `mutation { made: apiTokenCreate(input: { organizationId: "${organizationId}", name: "ci", scopes: [ORG_WRITE] }) {
      ... on ApiTokenCreatePayload { secret token { id } } } }`,
    {},
    { token: people.ADMIN.token },
  );
  const act = acts.organizationUpdate as Act;
  const { headers } = await send(act, await act.input(world, people.ADMIN), data.made.secret);
  const requestId = headers.get('x-request-id') ?? '';
  const entry = await server.db.auditEvent.findFirstOrThrow({ where: { requestId } });
  expect([entry.actorKind, publicId('ApiToken', entry.tokenId ?? ''), publicId('User', entry.userId ?? '')]).toEqual([
    'TOKEN',
    data.made.token.id,
    people.ADMIN.userId,
  ]);
});

test('what was refused is not in it, and what was replayed is in it once', async () => {
  const { people } = world;
  const act = acts.projectCreate as Act;
  const count = () => server.db.auditEvent.count();
  const before = await count();
  await send(act, await act.input(world, people.VIEWER), people.VIEWER.token);
  await send(act, { ...(await act.input(world, people.OWNER)), name: '' }, people.OWNER.token);
  expect(await count()).toBe(before);
  const keyed = { ...(await act.input(world, people.OWNER)), idempotencyKey: 'twice-in-the-log' };
  await send(act, keyed, people.OWNER.token);
  await send(act, keyed, people.OWNER.token);
  expect(await count()).toBe(before + 1);
});

test('nobody can change it, not even who has the database’s password', async () => {
  await expect(server.db.auditEvent.deleteMany({})).rejects.toThrow(/append-only/);
  await expect(server.db.auditEvent.updateMany({ data: { action: 'x' } })).rejects.toThrow(/append-only/);
});

async function send({ mutation }: Act, input: object, token: string) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { __typename ${secretsOf(mutation)} } }`;
  const sender = { authorization: `Bearer ${token}`, 'user-agent': 'a browser of tests' };
  const { headers, data } = await post(server, { query, variables: { input } }, sender);
  return { headers, text: JSON.stringify(data) };
}

/** Selects what a payload shows once, of those that show something. */
function secretsOf(mutation: string): string {
  const payload = schema.getType(`${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Payload`);
  const fields = isObjectType(payload) ? Object.keys(payload.getFields()) : [];
  const shown = fields.filter((field) => ['secret', 'otpauthUri', 'recoveryCodes'].includes(field));
  return shown.length === 0 ? '' : `... on ${String(payload)} { ${shown.join(' ')} }`;
}

/** What the input and the answer say that nobody else is to know. */
function secretsIn(input: object, answer: string): string[] {
  const text = JSON.stringify(input) + answer;
  const named = /"(?:value|secret|password|currentPassword|newPassword|code|otpauthUri)":"([^"]+)"/g;
  const codes = [...text.matchAll(/"recoveryCodes":\[([^\]]+)\]/g)].flatMap(([, list = '']) => list.split(','));
  return [...matches(text, named), ...matches(text, /[?&]secret=([^&"]+)/g), ...codes.map((code) => code.slice(1, -1))];
}

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, secret = '']) => secret);
