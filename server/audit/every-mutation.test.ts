import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenScopes } from '@apployd/core/access';
import { publicId } from '@apployd/core/id';
import { isObjectType } from 'graphql';
import type { AuditEvent } from '@apployd/prisma/generated/client/client';
import { schema } from '../schema.js';
import { acts, type Act } from '../testing/acts.js';
import { ask, post } from '../testing/client.js';
import { aPerson, aToken, uuid } from '../testing/make.js';
import { scopesFor, scopesWithout } from '../testing/rights.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { aMemberRow, aWorld, restoreRoles, type World } from '../testing/world.js';

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

test.each(effective)('%s refused for want of a right is in it too, with nothing changed', async (_, act) => {
  await restoreRoles(world);
  const by = world.people.OWNER;
  const input = await act.input(world, by);
  const [scope] = Array.isArray(act.asks) ? (scopesFor(act.asks) ?? []) : [];
  const scopes = scope ? scopesWithout(scope) : tokenScopes;
  // An owner is no operator, a token is no person, and this token does not reach so far.
  const token = act.asks === 'operator' ? by.token : await aToken(server, by, { scopes });
  const { headers } = await send(act, input, token);
  const entries = await server.db.auditEvent.findMany({ where: { requestId: headers.get('x-request-id') ?? '' } });
  expect(entries).toMatchObject([
    { action: act.mutation, refusal: 'FORBIDDEN', userId: uuid(by.userId), changes: null },
  ]);
});

test('what was refused to somebody who may not even know of it leaves nothing in the log of those it is', async () => {
  const { people, stranger, organizationId } = world;
  const act = acts.organizationUpdate as Act;
  const where = { organizationId: uuid(organizationId) };
  const before = await server.db.auditEvent.count({ where });
  await send(act, await act.input(world, people.OWNER), stranger.token);
  // A key that they have used at home is refused before anything is asked of the organization.
  const other = await aPerson(server);
  const transfer = acts.organizationTransfer as Act;
  const input = { userId: await aMemberRow(server, other.organizationId, 'ADMIN'), idempotencyKey: 'used-at-home' };
  expect((await send(transfer, { ...input, organizationId: other.organizationId }, other.token)).text).toContain(
    'Payload',
  );
  expect((await send(transfer, { ...input, organizationId }, other.token)).text).toContain('IdempotencyError');
  expect(await server.db.auditEvent.count({ where })).toBe(before);
});

test('what was refused for its state or its form says so, and is found by the filter', async () => {
  const { people, organizationId } = world;
  const act = acts.apiTokenCreate as Act;
  const input = { ...(await act.input(world, people.OWNER)), expiresAt: '2020-01-01T00:00:00Z' };
  await send(act, input, people.OWNER.token);
  const document = `query ($id: ID!, $refused: Boolean) { organization(by: { id: $id }) {
    auditLog(first: 50, filter: { refused: $refused }) { nodes { refusal } } } }`;
  const refusals = async (refused: boolean) => {
    const { data } = await ask(server, document, { id: organizationId, refused }, { token: people.OWNER.token });
    return data.organization.auditLog.nodes.map(({ refusal }: { refusal: string | null }) => refusal) as unknown[];
  };
  expect(await refusals(true)).toContain('FORBIDDEN');
  expect(await refusals(true)).not.toContain(null);
  expect(new Set(await refusals(false))).toEqual(new Set([null]));
});

test('what was replayed is in it once', async () => {
  const { people } = world;
  const act = acts.projectCreate as Act;
  const count = () => server.db.auditEvent.count();
  const before = await count();
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
