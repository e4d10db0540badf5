import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { organizationRoles, type OrganizationRole } from '@apployd/core/access';
import { publicId } from '@apployd/core/id';
import { buildLogOf } from '@apployd/core/log-line';
import { atTheSameMoment, organizationOf } from '../testing/at-the-same-moment.js';
import { ask, mutate } from '../testing/client.js';
import { failuresOf } from '../testing/failures.js';
import { aDeployment, aMember, aPerson, aProject, aToken, uuid, type Person } from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let owner: Person;
let admin: Person;
let developer: Person;
beforeAll(async () => {
  server = await testServer({ settings: { lookAgainMs: 50, accessCheckMs: 50 } });
  owner = await aPerson(server, 'OWNER');
  admin = await aMember(server, owner, 'ADMIN');
  developer = await aMember(server, owner, 'DEVELOPER');
});
afterAll(() => server.close());

const done = 'organization { members { user { id name email } role joinedAt } } replayed';
const act = (by: Person, verb: 'RoleSet' | 'Remove', input: object, token = by.token) => {
  const field = `member${verb}`;
  const selection = `... on Member${verb}Payload { ${done} } ${failuresOf(field)}`;
  return mutate(server, token, field, { organizationId: by.organizationId, ...input }, selection);
};
const setRole = (by: Person, { userId }: Person, role: OrganizationRole, token?: string) =>
  act(by, 'RoleSet', { userId, role }, token);
const remove = (by: Person, { userId }: Person, token?: string) => act(by, 'Remove', { userId }, token);
const roleOf = async ({ organizationId, userId }: Person) => {
  const at = { organizationId: uuid(organizationId), userId: uuid(userId) };
  return (await server.db.membership.findUnique({ where: { organizationId_userId: at } }))?.role;
};

describe('members', () => {
  test('are seen by all of them, with their addresses', async () => {
    const document = `{ organization(by: { id: "${owner.organizationId}" }) { members { user { name email } role } } }`;
    for (const { token } of [owner, developer]) {
      const { data } = await ask(server, document, {}, { token });
      expect(data.organization.members).toEqual([
        { user: { name: 'OWNER', email: owner.email }, role: 'OWNER' },
        { user: { name: 'ADMIN', email: admin.email }, role: 'ADMIN' },
        { user: { name: 'DEVELOPER', email: developer.email }, role: 'DEVELOPER' },
      ]);
    }
  });

  test('get any role below owner from an admin, and the audit log says what they had', async () => {
    const member = await aMember(server, owner, 'VIEWER');
    for (const role of organizationRoles.slice(1)) {
      const { organization } = await setRole(admin, member, role);
      expect(organization.members.at(-1)).toMatchObject({ user: { id: member.userId }, role });
    }
    const where = { action: 'memberRoleSet', targetId: member.userId };
    const { changes } = await server.db.auditEvent.findFirstOrThrow({ where, orderBy: { id: 'asc' } });
    expect(changes).toEqual({ before: { role: 'VIEWER' }, after: { role: 'ADMIN' } });
  });

  test('become owners, and stop being some, by owners alone', async () => {
    const member = await aMember(server, owner, 'DEVELOPER');
    const forbidden = { code: 'FORBIDDEN', requiredRole: 'OWNER' };
    expect(await setRole(admin, member, 'OWNER')).toMatchObject(forbidden);
    expect(await setRole(admin, owner, 'VIEWER')).toMatchObject(forbidden);
    expect(await remove(admin, owner)).toMatchObject(forbidden);
    expect(await setRole(admin, admin, 'OWNER')).toMatchObject(forbidden);
    expect(await setRole(owner, member, 'OWNER')).toMatchObject({ replayed: false });
    expect(await setRole(owner, member, 'DEVELOPER')).toMatchObject({ replayed: false });
  });

  test('are no owners by a token, even of an owner, which else may set roles', async () => {
    const member = await aMember(server, owner, 'DEVELOPER');
    const token = await aToken(server, owner, { scopes: ['ORG_WRITE'] });
    expect(await setRole(owner, member, 'OWNER', token)).toMatchObject({ code: 'FORBIDDEN', requiredRole: null });
    expect(await setRole(owner, member, 'VIEWER', token)).toMatchObject({ replayed: false });
  });

  test('change nobody when they are no admins', async () => {
    const member = await aMember(server, owner, 'VIEWER');
    expect(await setRole(developer, member, 'BILLING')).toMatchObject({ code: 'FORBIDDEN', requiredRole: 'ADMIN' });
    expect(await remove(developer, member)).toMatchObject({ code: 'FORBIDDEN', requiredRole: 'ADMIN' });
    expect(await roleOf(member)).toBe('VIEWER');
  });

  test('who are none are not found, and nobody removes themselves', async () => {
    const stranger = await aPerson(server);
    expect(await setRole(owner, stranger, 'VIEWER')).toMatchObject({ code: 'NOT_FOUND', targetId: stranger.userId });
    expect(await remove(owner, stranger)).toMatchObject({ code: 'NOT_FOUND', targetId: stranger.userId });
    expect(await remove(admin, admin)).toMatchObject({ code: 'VALIDATION', issues: [{ rule: 'SELF' }] });
  });

  test('keep an owner among them, when the last steps down and when two set each other down at once', async () => {
    const first = await aPerson(server);
    expect(await setRole(first, first, 'ADMIN')).toMatchObject({ code: 'INVALID_STATE', currentState: 'LAST_OWNER' });
    const second = await aMember(server, first, 'OWNER');
    const results = await atTheSameMoment(server, organizationOf(first), [
      () => setRole(first, second, 'VIEWER'),
      () => setRole(second, first, 'VIEWER'),
    ]);
    expect(results.map(({ __typename }) => __typename).sort()).toEqual(['ForbiddenError', 'MemberRoleSetPayload']);
    expect([await roleOf(first), await roleOf(second)].filter((role) => role === 'OWNER')).toHaveLength(1);
  });
});

describe('who was removed', () => {
  test('sees nothing more, and their tokens are revoked for good', async () => {
    const member = await aMember(server, owner, 'DEVELOPER');
    const token = await aToken(server, member, { scopes: ['ORG_READ'] });
    const elsewhere = await aToken(server, await aPerson(server), { scopes: ['ORG_READ'] });
    expect(await remove(admin, member)).toMatchObject({ replayed: false });
    const document = `{ organization(by: { id: "${owner.organizationId}" }) { id } }`;
    expect((await ask(server, document, {}, { token: member.token })).data.organization).toBeNull();
    const refused = await ask(server, document, {}, { token });
    expect([refused.status, refused.errors[0]?.extensions.reason]).toEqual([401, 'REVOKED']);
    expect((await ask(server, document, {}, { token: elsewhere })).status).toBe(200);
  });

  test('is told so by what they follow, with a session as with a token', async () => {
    const project = await aProject(server, owner);
    const deployment = await aDeployment(server, project);
    const id = publicId('Deployment', deployment);
    const member = await aMember(server, owner, 'VIEWER');
    await server.logs.append(buildLogOf(deployment), uuid(owner.organizationId), [aLine(deployment)]);
    const tokens = [member.token, await aToken(server, member, { scopes: ['LOG_READ', 'PROJECT_READ'] })];
    const wires = tokens.map((token) => socketClient(server, token));
    let seen = 0;
    const onMessage = () => void (seen += 1);
    const log = `subscription { found: buildLogs(deploymentId: "${id}") { ... on LogBatch { lines { message } } ... on StreamEnd { endReason } } }`;
    const state = `subscription { found: deploymentChanged(id: "${id}") { status } }`;
    const streams = wires.flatMap(({ client }) => [log, state].map((query) => collect(client, { query }, onMessage)));
    await expect.poll(() => seen, { timeout: 10_000 }).toBe(4);
    await remove(admin, member);
    for (const [i, messages] of (await Promise.all(streams)).entries()) {
      const last = i % 2 === 0 ? { found: { endReason: 'ACCESS_REVOKED' } } : { found: null };
      expect(messages.at(-1)).toEqual(last);
    }
    for (const wire of wires) await wire.close();
  });
});

function aLine(deploymentId: string) {
  return { at: new Date(), source: 'BUILD', message: 'hello', deploymentId } as const;
}
