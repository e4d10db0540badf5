import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicId } from '@apployd/core/id';
import { ask, mutate } from '../testing/client.js';
import {
  aDeployment,
  anEnvironment,
  aPerson,
  aProject,
  aToken,
  uuid,
  type MadeProject,
  type Person,
} from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let ada: Person;
let shop: MadeProject;
let blog: MadeProject;
beforeAll(async () => {
  server = await testServer({ settings: { lookAgainMs: 50 } });
  ada = await aPerson(server);
  shop = await aProject(server, ada, { name: 'Shop' });
  blog = await aProject(server, ada, { name: 'Blog' });
});
afterAll(() => server.close());

const read = (token: string, document: string) => ask(server, `{ found: ${document} }`, {}, { token });
const setVariable = (token: string, environmentId: string) =>
  mutate(
    server,
    token,
    'variablesSet',
    { environmentId, variables: [{ key: 'A', value: '1' }] },
    '... on ForbiddenError { missingScope requiredRole }',
  );

describe('a token', () => {
  test('acts for the person who made it, within its scopes', async () => {
    const token = await aToken(server, ada, { scopes: ['VARIABLE_WRITE'] });
    expect((await read(token, `project(by: { id: "${shop.id}" }) { id }`)).data.found).toEqual({ id: shop.id });
    expect((await setVariable(token, shop.environmentId)).__typename).toBe('VariablesSetPayload');
    expect(
      await mutate(
        server,
        token,
        'deploymentCreate',
        { environmentId: shop.environmentId },
        '... on ForbiddenError { missingScope }',
      ),
    ).toMatchObject({ __typename: 'ForbiddenError', missingScope: 'DEPLOY' });
  });

  test('that lacks a scope is told which, however it reaches the object', async () => {
    const token = await aToken(server, ada, { scopes: ['ORG_READ'] });
    const documents = [
      `project(by: { id: "${shop.id}" }) { id }`,
      `node(id: "${shop.id}") { id }`,
      `organization(by: { id: "${ada.organizationId}" }) { projects(first: 1) { nodes { id } } }`,
    ];
    for (const document of documents) {
      const { data, errors } = await read(token, document);
      expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', missingScope: 'PROJECT_READ' });
      expect(JSON.stringify(data)).not.toContain('prj_');
    }
  });

  test('for one project sees and changes nothing of another', async () => {
    const token = await aToken(server, ada, {
      scopes: ['ORG_READ', 'PROJECT_WRITE', 'VARIABLE_WRITE'],
      projectId: uuid(shop.id),
    });
    expect((await read(token, `project(by: { id: "${blog.id}" }) { id }`)).data.found).toBeNull();
    expect((await read(token, `environment(id: "${blog.environmentId}") { id }`)).data.found).toBeNull();
    const organization = `organization(by: { id: "${ada.organizationId}" })`;
    const { data } = await read(
      token,
      `${organization} { projects(first: 5) { nodes { id } } pool { allocations { project { id } } } }`,
    );
    expect(data.found).toEqual({
      projects: { nodes: [{ id: shop.id }] },
      pool: { allocations: [{ project: { id: shop.id } }] },
    });
    expect((await setVariable(token, shop.environmentId)).__typename).toBe('VariablesSetPayload');
    expect((await setVariable(token, blog.environmentId)).__typename).toBe('NotFoundError');
    const input = { organizationId: ada.organizationId, name: 'Third' };
    expect((await mutate(server, token, 'projectCreate', input, '')).__typename).toBe('NotFoundError');
  });

  test('is answered about what it asks for, or not at all, however little it reaches', async () => {
    const reach = { projectId: uuid(shop.id), environmentId: uuid(shop.environmentId) };
    const token = await aToken(server, ada, { scopes: ['PROJECT_WRITE', 'VARIABLE_WRITE', 'DEPLOY'], ...reach });
    expect((await read(token, `environment(id: "${shop.environmentId}") { id }`)).data.found).not.toBeNull();
    expect((await read(token, `environment(id: "${blog.environmentId}") { id }`)).data.found).toBeNull();
    const uploads = { projectId: blog.id, sha256: 'a'.repeat(64), sizeBytes: 1 };
    expect((await mutate(server, token, 'sourceUploadCreate', uploads, '')).__typename).toBe('NotFoundError');
    const deployment = { environmentId: blog.environmentId };
    expect((await mutate(server, token, 'deploymentCreate', deployment, '')).__typename).toBe('NotFoundError');
    expect((await setVariable(token, blog.environmentId)).__typename).toBe('NotFoundError');
  });

  test('for one environment reads nothing of the others of its project, by whichever way', async () => {
    const scopes = ['PROJECT_READ', 'PROJECT_WRITE', 'LOG_READ', 'DEPLOY'] as const;
    const { environmentId: staging } = await anEnvironment(server, shop);
    const reach = { projectId: uuid(shop.id), environmentId: uuid(staging) };
    const token = await aToken(server, ada, { scopes: [...scopes], ...reach });
    const own = await aDeployment(server, { ...shop, environmentId: staging }, { status: 'READY' });
    const promoted = await aDeployment(server, shop, { promotedFromId: own });
    const document = `project(by: { id: "${shop.id}" }) { productionEnvironment { id } environments(first: 5) { nodes { id } } environment(slug: "production") { id } }`;
    expect((await read(token, document)).data.found).toEqual({
      productionEnvironment: null,
      environments: { nodes: [{ id: staging }] },
      environment: null,
    });
    const from = `deployment(id: "${publicId('Deployment', promoted)}") { promotedFrom { id } }`;
    const production = { projectId: uuid(shop.id), environmentId: uuid(shop.environmentId) };
    const other = await aToken(server, ada, { scopes: [...scopes], ...production });
    expect((await read(other, from)).data.found).toEqual({ promotedFrom: null });
    expect((await read(ada.token, from)).data.found.promotedFrom).toEqual({ id: publicId('Deployment', own) });
  });

  test('may no more than its person may today', async () => {
    const guest = await aPerson(server);
    const at = { organizationId: uuid(ada.organizationId), userId: uuid(guest.userId) };
    await server.db.membership.create({ data: { ...at, role: 'DEVELOPER' } });
    const token = await aToken(
      server,
      { ...guest, organizationId: ada.organizationId },
      { scopes: ['VARIABLE_WRITE'] },
    );
    expect((await setVariable(token, shop.environmentId)).__typename).toBe('VariablesSetPayload');
    await server.db.membership.update({ where: { organizationId_userId: at }, data: { role: 'VIEWER' } });
    expect(await setVariable(token, shop.environmentId)).toMatchObject({
      __typename: 'ForbiddenError',
      requiredRole: 'DEVELOPER',
    });
    await server.db.membership.delete({ where: { organizationId_userId: at } });
    expect((await setVariable(token, shop.environmentId)).__typename).toBe('NotFoundError');
  });

  test('that was revoked, has expired or never was is refused with the reason', async () => {
    const past = new Date(Date.now() - 1_000);
    const reasons = {
      REVOKED: await aToken(server, ada, { scopes: ['ORG_READ'], revokedAt: past }),
      EXPIRED: await aToken(server, ada, { scopes: ['ORG_READ'], expiresAt: past }),
      MALFORMED: 'apd_0000000000000000000000000000000000000000',
    };
    for (const [reason, token] of Object.entries(reasons)) {
      const { status, errors } = await read(token, `organization(by: { id: "${ada.organizationId}" }) { id }`);
      expect([status, errors[0]?.extensions]).toEqual([401, { code: 'UNAUTHENTICATED', reason }]);
    }
  });

  test('ends the streams that it opened when it is revoked', async () => {
    const token = await aToken(server, ada, { scopes: ['PROJECT_READ'], name: 'watches' });
    const id = await aDeployment(server, shop);
    const wire = socketClient(server, token);
    const query = `subscription { found: deploymentChanged(id: "${publicId('Deployment', id)}") { status } }`;
    const where = { name: 'watches' };
    const messages = await collect(wire.client, { query }, () => {
      void server.db.apiToken.updateMany({ where, data: { revokedAt: new Date() } }).then();
    });
    expect(messages).toEqual([{ found: { status: 'QUEUED' } }, { found: null }]);
    await wire.close();
  });

  test('leaves a mark of when and from where it was used', async () => {
    const token = await aToken(server, ada, { scopes: ['ORG_READ'], name: 'marked' });
    await read(token, `organization(by: { id: "${ada.organizationId}" }) { id }`);
    await expect
      .poll(() => server.db.apiToken.findFirst({ where: { name: 'marked' }, select: { lastUsedIp: true } }))
      .toEqual({ lastUsedIp: '127.0.0.1' });
  });
});

test('every change of a tenant is in the audit log, which nobody can change', async () => {
  await setVariable(ada.token, shop.environmentId);
  const entry = await server.db.auditEvent.findFirstOrThrow({
    where: { action: 'variablesSet', actorKind: 'USER' },
    orderBy: { id: 'desc' },
  });
  expect(entry).toMatchObject({ userId: uuid(ada.userId), targetId: shop.environmentId, ip: '127.0.0.1' });
  expect(entry.changes).toMatchObject({ after: { set: ['A'] } });
  await expect(server.db.auditEvent.deleteMany({ where: { id: entry.id } })).rejects.toThrow(/append-only/);
  await expect(server.db.auditEvent.updateMany({ data: { action: 'x' } })).rejects.toThrow(/append-only/);
});
