import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { tokenScopes } from '@apployd/core/access';
import { newId, publicId } from '@apployd/core/id';
import { buildLogOf } from '@apployd/core/log-line';
import { atTheSameMoment } from '../testing/at-the-same-moment.js';
import { ask, mutate } from '../testing/client.js';
import { failuresOf } from '../testing/failures.js';
import {
  aDeployment,
  aMember,
  aPerson,
  aProject,
  aToken,
  uuid,
  type MadeProject,
  type Person,
} from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { hashTokenSecret } from './secret.js';

let server: TestServer;
let owner: Person;
let admin: Person;
let developer: Person;
let viewer: Person;
let shop: MadeProject;
let blog: MadeProject;
beforeAll(async () => {
  server = await testServer({ settings: { lookAgainMs: 50, accessCheckMs: 50 }, socketTimes: { lookMs: 50 } });
  owner = await aPerson(server, 'OWNER');
  admin = await aMember(server, owner, 'ADMIN');
  developer = await aMember(server, owner, 'DEVELOPER');
  viewer = await aMember(server, owner, 'VIEWER');
  shop = await aProject(server, owner);
  blog = await aProject(server, owner, { name: 'Blog' });
});
afterAll(() => server.close());

const plain = `id name prefix scopes projectId environmentId expiresAt lastUsedAt revokedAt
  createdBy { __typename ... on User { id name } ... on ApiToken { prefix } }`;
const shown = `token { ${plain} } replayed`;
const create = (by: Person, input: object = {}, token = by.token) =>
  mutate(
    server,
    token,
    'apiTokenCreate',
    { organizationId: owner.organizationId, name: 'ci', scopes: ['PROJECT_READ'], ...input },
    `... on ApiTokenCreatePayload { ${shown} secret } ${failuresOf('apiTokenCreate')}`,
  );
const revoke = (by: Pick<Person, 'token'>, tokenId: string) =>
  mutate(
    server,
    by.token,
    'apiTokenRevoke',
    { tokenId },
    `... on ApiTokenRevokePayload { ${shown} } ${failuresOf('apiTokenRevoke')}`,
  );
const whoAmI = (token: string) =>
  ask(server, '{ viewer { user { id } token { prefix } scopes } }', {}, { token }).then(({ data, errors }) => ({
    ...data?.viewer,
    reason: errors[0]?.extensions.reason,
  }));
/** Uses the token, and waits until its use is noted: by nobody's request, and not once more for a minute. */
const noteUse = async (secret: string) => {
  await whoAmI(secret);
  const where = { secretHash: hashTokenSecret(secret) };
  const lastUsedAt = async () => (await server.db.apiToken.findFirstOrThrow({ where })).lastUsedAt;
  await expect.poll(lastUsedAt).not.toBeNull();
};
const days = (count: number) => new Date(Date.now() + count * 24 * 60 * 60 * 1000).toISOString();

describe('a token', () => {
  test('is shown once, says who it is, and is kept as a hash', async () => {
    const made = await create(developer, { scopes: ['PROJECT_READ', 'DEPLOY'], idempotencyKey: 'making-1' });
    expect(made).toMatchObject({
      token: {
        name: 'ci',
        prefix: made.secret.slice(0, 12),
        scopes: ['PROJECT_READ', 'DEPLOY'],
        projectId: null,
        createdBy: { __typename: 'User', id: developer.userId },
        expiresAt: null,
        revokedAt: null,
      },
      replayed: false,
    });
    const again = await create(developer, { scopes: ['PROJECT_READ', 'DEPLOY'], idempotencyKey: 'making-1' });
    expect(again).toMatchObject({ token: { id: made.token.id }, secret: null, replayed: true });
    expect(await whoAmI(made.secret)).toMatchObject({
      user: { id: developer.userId },
      token: { prefix: made.token.prefix },
      scopes: ['PROJECT_READ', 'DEPLOY'],
    });
    expect(await whoAmI(developer.token)).toMatchObject({ token: null, scopes: tokenScopes });
    const kept = JSON.stringify([await server.db.apiToken.findMany(), await server.db.auditEvent.findMany()]);
    expect(kept).not.toContain(made.secret.slice(12));
  });

  test('is given no scope that its maker does not have, be that by token or by role', async () => {
    const forbidden = { code: 'FORBIDDEN' };
    expect(await create(developer, { scopes: ['AUDIT_READ'] })).toMatchObject({ ...forbidden, requiredRole: 'ADMIN' });
    expect(await create(viewer)).toMatchObject({ ...forbidden, requiredRole: 'DEVELOPER' });
    const token = await aToken(server, owner, { scopes: ['TOKEN_WRITE', 'DEPLOY'] });
    expect(await create(owner, { scopes: ['PROJECT_WRITE'] }, token)).toMatchObject({
      ...forbidden,
      missingScope: 'PROJECT_WRITE',
    });
    expect(await create(owner, { scopes: ['PROJECT_READ'] }, token)).toMatchObject({
      token: { createdBy: { __typename: 'ApiToken', prefix: token.slice(0, 12) } },
    });
    const weak = await aToken(server, owner, { scopes: ['DEPLOY'] });
    expect(await create(owner, {}, weak)).toMatchObject({ ...forbidden, missingScope: 'TOKEN_WRITE' });
    expect((await create(admin, { scopes: tokenScopes })).token.scopes).toEqual(tokenScopes);
  });

  test('reaches one project or environment of its organization when it is told so', async () => {
    const narrow = await create(developer, { environmentId: shop.environmentId });
    expect(narrow.token).toMatchObject({ projectId: shop.id, environmentId: shop.environmentId });
    const read = (id: string) => ask(server, `{ node(id: "${id}") { id } }`, {}, { token: narrow.secret });
    expect((await read(shop.environmentId)).data.node).not.toBeNull();
    expect((await read(blog.environmentId)).data.node).toBeNull();
    const mismatch = await create(developer, { projectId: blog.id, environmentId: shop.environmentId });
    expect(mismatch).toMatchObject({ issues: [{ path: ['environmentId'], rule: 'MISMATCH' }] });
  });

  test('reaches nothing of another organization', async () => {
    const stranger = await aPerson(server);
    const own = { organizationId: stranger.organizationId };
    const notFound = (targetId: string) => ({ code: 'NOT_FOUND', targetId });
    expect(await create(stranger, { ...own, projectId: shop.id })).toMatchObject(notFound(shop.id));
    const { environmentId } = shop;
    expect(await create(stranger, { ...own, environmentId })).toMatchObject(notFound(environmentId));
    expect(await create(stranger)).toMatchObject(notFound(owner.organizationId));
    // A member of both may not mix them either.
    expect(await create(owner, { projectId: (await aProject(server, stranger)).id })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('of one project makes none that reaches further', async () => {
    const token = await aToken(server, owner, { scopes: ['TOKEN_WRITE', 'PROJECT_READ'], projectId: uuid(shop.id) });
    expect(await create(owner, {}, token)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await create(owner, { projectId: blog.id }, token)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await create(owner, { projectId: shop.id }, token)).toMatchObject({ token: { projectId: shop.id } });
  });

  test('ends within 366 days or never, has a name, and scopes without repetition', async () => {
    const rules = async (input: object) => (await create(developer, input)).issues?.[0]?.rule;
    expect(await rules({ expiresAt: days(367) })).toBe('OUT_OF_RANGE');
    expect(await rules({ expiresAt: days(-1) })).toBe('OUT_OF_RANGE');
    expect(await rules({ scopes: [] })).toBe('TOO_SHORT');
    expect(await rules({ scopes: ['DEPLOY', 'DEPLOY'] })).toBe('DUPLICATE');
    expect(await rules({ name: ' ' })).toBe('TOO_SHORT');
    const expiresAt = days(366);
    expect((await create(developer, { expiresAt })).token.expiresAt).toBe(expiresAt);
  });

  test('that ends makes none that outlives it', async () => {
    const expiresAt = new Date(days(5));
    const token = await aToken(server, owner, { scopes: ['TOKEN_WRITE', 'PROJECT_READ'], expiresAt });
    const refused = { issues: [{ path: ['expiresAt'], rule: 'OUT_OF_RANGE' }] };
    expect(await create(owner, {}, token)).toMatchObject(refused);
    expect(await create(owner, { expiresAt: days(6) }, token)).toMatchObject(refused);
    expect(await create(owner, { expiresAt: days(4) }, token)).toMatchObject({ replayed: false });
  });

  test('is one of at most a hundred that live, also when many are made at once', async () => {
    const person = await aPerson(server);
    const { organizationId } = person;
    await server.db.apiToken.createMany({
      data: Array.from({ length: 98 }, () => ({
        id: newId(),
        organizationId: uuid(organizationId),
        createdById: uuid(person.userId),
        name: 'old',
        prefix: 'apd_',
        secretHash: Buffer.from(newId()),
      })),
    });
    await aToken(server, person, { scopes: ['DEPLOY'], revokedAt: new Date() });
    await aToken(server, person, { scopes: ['DEPLOY'], expiresAt: new Date(0) });
    const made = await Promise.all(Array.from({ length: 4 }, () => create(person, { organizationId })));
    expect(made.filter(({ code }) => code === 'PLAN_LIMIT')).toHaveLength(2);
    expect(made.find(({ code }) => code)).toMatchObject({ limit: 'apiTokens', maximum: 100, current: 100 });
  });

  test('is seen by its maker, and by others from DEVELOPER on', async () => {
    const person = await aPerson(server);
    const { organizationId } = person;
    const [maker, reader] = [await aMember(server, person, 'DEVELOPER'), await aMember(server, person, 'BILLING')];
    const { token } = await create(maker, { organizationId });
    await aToken(server, person, { scopes: ['DEPLOY'], revokedAt: new Date(), name: 'gone' });
    const names = async (by: Person, args = '') => {
      const document = `{ organization(by: { id: "${organizationId}" }) { apiTokens${args} { nodes { name } } } node(id: "${token.id}") { id } }`;
      const { data } = await ask(server, document, {}, { token: by.token });
      return [data.organization.apiTokens.nodes.map(({ name }: { name: string }) => name), data.node !== null];
    };
    expect(await names(person)).toEqual([['ci'], true]);
    expect(await names(person, '(ended: true)')).toEqual([['gone', 'ci'], true]);
    expect(await names(reader)).toEqual([[], false]);
    await server.db.membership.updateMany({ where: { userId: uuid(maker.userId) }, data: { role: 'VIEWER' } });
    expect(await names(maker)).toEqual([['ci'], true]);
    expect(await revoke(maker, token.id)).toMatchObject({ replayed: false });
  });

  test('is listed with the same number of statements, be there one or forty', async () => {
    const person = await aPerson(server);
    const parent = await aToken(server, person, { scopes: ['TOKEN_WRITE', 'PROJECT_READ'] });
    const { organizationId } = person;
    const document = `{ organization(by: { id: "${organizationId}" }) { apiTokens { nodes { ${plain} organization { id } project { id } environment { id } } } } }`;
    const counted = async () => {
      const before = server.statements();
      const { data, errors } = await ask(server, document, {}, { token: person.token });
      expect(errors).toEqual([]);
      return { rows: data.organization.apiTokens.nodes.length, statements: server.statements() - before };
    };
    // Who pays is looked up once a minute, with the first of them.
    await counted();
    await noteUse(parent);
    await create(person, { organizationId }, parent);
    const few = await counted();
    for (let i = 0; i < 19; i += 1) {
      await create(person, { organizationId }, parent);
      await create(person, { organizationId });
    }
    const many = await counted();
    expect([few.rows, many.rows]).toEqual([2, 40]);
    expect(many.statements).toBe(few.statements);
  });
});

describe('revoking', () => {
  test('is for one’s own, and for admins anybody’s', async () => {
    const { token } = await create(admin);
    expect(await revoke(developer, token.id)).toMatchObject({ code: 'FORBIDDEN', requiredRole: 'ADMIN' });
    expect(await revoke(owner, token.id)).toMatchObject({ token: { revokedAt: expect.any(String) } });
    const own = await create(developer);
    expect(await revoke(developer, own.token.id)).toMatchObject({ replayed: false });
    expect(await whoAmI(own.secret)).toMatchObject({ reason: 'REVOKED' });
  });

  test('takes along what was made with the token, and what was made with that', async () => {
    const parent = await create(owner, { scopes: ['TOKEN_WRITE'] });
    const child = await create(owner, { scopes: ['TOKEN_WRITE'] }, parent.secret);
    const grandchild = await create(owner, { scopes: ['TOKEN_WRITE'] }, child.secret);
    const other = await create(owner, { scopes: ['TOKEN_WRITE'] });
    await revoke(owner, parent.token.id);
    for (const { secret } of [parent, child, grandchild])
      expect(await whoAmI(secret)).toMatchObject({ reason: 'REVOKED' });
    expect(await whoAmI(other.secret)).toMatchObject({ scopes: ['TOKEN_WRITE'] });
  });

  test('ends what the token follows, with the last word that each stream has, and leaves others alone', async () => {
    const id = await aDeployment(server, shop);
    const made = await create(developer, { scopes: ['PROJECT_READ', 'LOG_READ'] });
    const other = await create(developer, { scopes: ['PROJECT_READ', 'LOG_READ'] });
    await server.logs.append(buildLogOf(id), uuid(owner.organizationId), [
      { at: new Date(), source: 'BUILD', message: 'hello', deploymentId: id },
    ]);
    const log = `subscription { found: buildLogs(deploymentId: "${publicId('Deployment', id)}") { ... on LogBatch { lines { message } } ... on StreamEnd { endReason } } }`;
    const state = `subscription { found: deploymentChanged(id: "${publicId('Deployment', id)}") { status } }`;
    const [wire, otherWire] = [socketClient(server, made.secret), socketClient(server, other.secret)];
    let seen = 0;
    const onMessage = () => void (seen += 1);
    const others = collect(otherWire.client, { query: log }, onMessage);
    const streams = [log, state].map((query) => collect(wire.client, { query }, onMessage));
    await expect.poll(() => seen, { timeout: 10_000 }).toBe(3);
    await revoke(developer, made.token.id);
    const [logs, states] = await Promise.all(streams);
    expect(logs?.at(-1)).toEqual({ found: { endReason: 'ACCESS_REVOKED' } });
    expect(states?.at(-1)).toEqual({ found: null });
    await server.logs.end(buildLogOf(id), uuid(owner.organizationId));
    expect((await others).at(-1)).toEqual({ found: { endReason: 'SOURCE_ENDED' } });
    await Promise.all([wire.close(), otherWire.close()]);
  });

  test('closes sockets on which nothing is followed, and signing out does as well', async () => {
    const { token, secret } = await create(developer);
    const guest = await aPerson(server);
    const sockets = [await openSocket(secret), await openSocket(guest.token), await openSocket(owner.token)] as const;
    const closed = sockets.slice(0, 2).map((socket) => once(socket, 'close'));
    await revoke(developer, token.id);
    await ask(server, 'mutation { accountSignOut { __typename } }', {}, { token: guest.token });
    for (const [code] of await Promise.all(closed)) expect(code).toBe(4403);
    expect(sockets[2].readyState).toBe(WebSocket.OPEN);
    sockets[2].terminate();
  });
});

/** A socket that has been let in. */
async function openSocket(token: string): Promise<WebSocket> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { token } }));
  const [message] = await once(socket, 'message');
  expect(JSON.parse(String(message))).toMatchObject({ type: 'connection_ack' });
  return socket;
}

test('what a token makes while it is being revoked does not outlive it', async () => {
  const secret = await aToken(server, owner, { scopes: ['TOKEN_WRITE', 'ORG_READ'] });
  await noteUse(secret);
  const { id } = await server.db.apiToken.findFirstOrThrow({ where: { revokedAt: null }, orderBy: { id: 'desc' } });
  const input = { organizationId: owner.organizationId, name: 'child', scopes: ['ORG_READ'] };
  const [answer] = await atTheSameMoment(
    server,
    (tx) => tx.apiToken.update({ where: { id }, data: { revokedAt: new Date() } }),
    [() => mutate(server, secret, 'apiTokenCreate', input, '')],
  );
  expect(answer?.__typename).toBe('ForbiddenError');
  expect(await server.db.apiToken.count({ where: { madeByTokenId: id } })).toBe(0);
});
