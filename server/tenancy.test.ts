import type { GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, publicId } from '@apployd/core/id';
import { schema } from './schema.js';
import { ask, mutate, type Data } from './testing/client.js';
import { aDeployment, aPerson, aProject, uuid, type MadeProject, type Person } from './testing/make.js';
import { collect, socketClient } from './testing/socket.js';
import { testServer, type TestServer } from './testing/test-server.js';

let server: TestServer;
let owner: Person;
let stranger: Person;
let project: MadeProject;
let ids: Ids;
const missing: Ids = {
  user: publicId('User', newId()),
  organization: publicId('Organization', newId()),
  organizationSlug: 'nobody',
  project: publicId('Project', newId()),
  projectSlug: 'nothing',
  environment: publicId('Environment', newId()),
  allocation: publicId('Allocation', newId()),
  deployment: publicId('Deployment', newId()),
  upload: publicId('Upload', newId()),
};

type Ids = Record<
  | 'user'
  | 'organization'
  | 'organizationSlug'
  | 'project'
  | 'projectSlug'
  | 'environment'
  | 'allocation'
  | 'deployment'
  | 'upload',
  string
>;

beforeAll(async () => {
  server = await testServer();
  owner = await aPerson(server, 'Owner');
  stranger = await aPerson(server, 'Stranger');
  project = await aProject(server, owner, { slug: 'secret' });
  const { slug } = await server.db.organization.findUniqueOrThrow({ where: { id: uuid(owner.organizationId) } });
  const allocation = await server.db.allocation.findUniqueOrThrow({ where: { projectId: uuid(project.id) } });
  const uploadInput = { projectId: project.id, sha256: 'a'.repeat(64), sizeBytes: 1 };
  const upload = await mutate(
    server,
    owner.token,
    'sourceUploadCreate',
    uploadInput,
    '... on SourceUploadCreatePayload { uploadId }',
  );
  ids = {
    user: owner.userId,
    organization: owner.organizationId,
    organizationSlug: slug,
    project: project.id,
    projectSlug: 'secret',
    environment: project.environmentId,
    allocation: publicId('Allocation', allocation.id),
    deployment: publicId('Deployment', await aDeployment(server, project)),
    upload: upload.uploadId,
  };
});
afterAll(() => server.close());

/** How each root field is asked about things of one tenant; null: it takes no id of a tenant's thing. */
const queries: Record<string, ((ids: Ids) => string[]) | null> = {
  viewer: null,
  invitation: null,
  platform: null,
  plans: null,
  node: ({ user, organization, project: p, environment, allocation, deployment }) =>
    [user, organization, p, environment, allocation, deployment].map((id) => `node(id: "${id}") { id }`),
  nodes: ({ organization, project: p, deployment }) => [
    `nodes(ids: ["${organization}", "${p}", "${deployment}"]) { id }`,
  ],
  organization: ({ organization, organizationSlug }) => [
    `organization(by: { id: "${organization}" }) { id }`,
    `organization(by: { slug: "${organizationSlug}" }) { id }`,
  ],
  project: ({ project: p, organizationSlug, projectSlug }) => [
    `project(by: { id: "${p}" }) { id }`,
    `project(by: { path: "${organizationSlug}/${projectSlug}" }) { id }`,
  ],
  environment: ({ environment }) => [`environment(id: "${environment}") { id }`],
  deployment: ({ deployment }) => [`deployment(id: "${deployment}") { id }`],
};

const slice = { memoryBytes: 64 * 1024 ** 2, cpuMillicores: 50, bandwidthBytesPerMonth: 0 };

const mutations: Record<string, ((ids: Ids) => object[]) | null> = {
  accountSignUp: null,
  accountSignIn: null,
  accountSignOut: null,
  organizationCreate: null,
  organizationUpdate: ({ organization }) => [{ organizationId: organization, name: 'Mine' }],
  // Everybody may do it to themselves.
  organizationLeave: null,
  organizationTransfer: ({ organization, user }) => [{ organizationId: organization, userId: user }],
  memberRoleSet: ({ organization, user }) => [{ organizationId: organization, userId: user, role: 'VIEWER' }],
  memberRemove: ({ organization, user }) => [{ organizationId: organization, userId: user }],
  memberInvite: ({ organization }) => [{ organizationId: organization, email: 'a@example.com', role: 'VIEWER' }],
  invitationRevoke: null,
  invitationAccept: null,
  apiTokenCreate: ({ organization }) => [{ organizationId: organization, name: 'ci', scopes: ['DEPLOY'] }],
  apiTokenRevoke: null,
  // For the operator alone: see platform.test.ts.
  operatorSet: null,
  // The operator's: nobody else is told whether there is such a thing.
  planUpdate: null,
  organizationPlanSet: null,
  projectCreate: ({ organization }) => [{ organizationId: organization, name: 'Mine' }],
  projectUpdate: ({ project: p }) => [{ projectId: p, name: 'Theirs' }],
  projectDelete: ({ project: p }) => [{ projectId: p, confirmSlug: 'secret' }],
  projectRestore: ({ project: p }) => [{ projectId: p }],
  allocationsSet: ({ organization, project: p }) => [
    { organizationId: organization, changes: [{ projectId: p, limits: slice }] },
    { organizationId: stranger.organizationId, changes: [{ projectId: p, limits: slice }] },
  ],
  environmentUpdate: ({ environment }) => [{ environmentId: environment, instances: 1 }],
  variablesSet: ({ environment }) => [{ environmentId: environment, variables: [{ key: 'A', value: '1' }] }],
  sourceUploadCreate: ({ project: p }) => [{ projectId: p, sha256: 'a'.repeat(64), sizeBytes: 1 }],
  deploymentCreate: ({ environment }) => [{ environmentId: environment }],
  deploymentCancel: ({ deployment }) => [{ deploymentId: deployment }],
  deploymentRollback: ({ environment }) => [{ environmentId: environment }],
};

const subscriptions: Record<string, (ids: Ids) => string> = {
  deploymentChanged: ({ deployment }) => `deploymentChanged(id: "${deployment}") { id }`,
  buildLogs: ({ deployment }) => `buildLogs(deploymentId: "${deployment}") { __typename }`,
  environmentLogs: ({ environment }) => `environmentLogs(environmentId: "${environment}") { __typename }`,
};

test('every root field of the schema has its entry here', () => {
  const fields = (type: GraphQLObjectType | null | undefined) => Object.keys(type?.getFields() ?? {}).sort();
  expect(Object.keys(queries).sort()).toEqual(fields(schema.getQueryType()));
  expect(Object.keys(mutations).sort()).toEqual(fields(schema.getMutationType()));
  expect(Object.keys(subscriptions).sort()).toEqual(fields(schema.getSubscriptionType()));
});

const withEntry = <T>(table: Record<string, T | null>) =>
  Object.entries(table).filter((entry): entry is [string, NonNullable<T>] => entry[1] !== null);

describe('what belongs to another tenant', () => {
  test.each(withEntry(queries))('is as good as missing for the query %s', async (_, documents) => {
    for (const [i, document] of documents(ids).entries()) {
      const ours = await ask(server, `{ found: ${document} }`, {}, { token: owner.token });
      expect(JSON.stringify(ours.data)).toMatch(/_[0-9a-z]{26}/);
      const foreign = await ask(server, `{ found: ${document} }`, {}, { token: stranger.token });
      const absent = await ask(server, `{ found: ${documents(missing)[i]} }`, {}, { token: stranger.token });
      expect([foreign.status, foreign.data, foreign.errors]).toEqual([absent.status, absent.data, absent.errors]);
      expect(JSON.stringify(foreign.data)).not.toMatch(/_[0-9a-z]{26}/);
    }
  });

  test.each(withEntry(mutations))('is as good as missing for the mutation %s', async (field, inputs) => {
    for (const [i, input] of inputs(ids).entries()) {
      const before = await everything();
      const foreign = await mutate(server, stranger.token, field, input, '... on NotFoundError { targetId }');
      const absent = await mutate(
        server,
        stranger.token,
        field,
        inputs(missing)[i] ?? {},
        '... on NotFoundError { targetId }',
      );
      expect(foreign).toEqual({ ...absent, targetId: foreign.targetId });
      expect(foreign.__typename).toBe('NotFoundError');
      expect(JSON.stringify(input)).toContain(foreign.targetId);
      expect(await everything()).toEqual(before);
    }
  });

  test.each(Object.entries(subscriptions))('is as good as missing for the subscription %s', async (_, document) => {
    const wire = socketClient(server, stranger.token);
    const seen = (of: Ids) =>
      collect(wire.client, { query: `subscription { found: ${document(of)} }` }) as Promise<Data[]>;
    expect(await seen(ids)).toEqual([{ found: null }]);
    expect(await seen(missing)).toEqual([{ found: null }]);
    await wire.close();
  });

  test('cannot be deployed or rolled back to through one’s own', async () => {
    const own = await aProject(server, stranger);
    const standby = await aDeployment(server, project, { status: 'READY', serving: 'STANDBY' });
    const source = { uploadId: ids.upload };
    expect(
      await mutate(server, stranger.token, 'deploymentCreate', { environmentId: own.environmentId, source }, ''),
    ).toMatchObject({ code: 'VALIDATION' });
    const input = { environmentId: own.environmentId, toDeploymentId: publicId('Deployment', standby) };
    expect(await mutate(server, stranger.token, 'deploymentRollback', input, '')).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('without a session', () => {
  test.each(withEntry(queries))('the query %s is refused', async (_, documents) => {
    for (const document of documents(ids)) {
      const { status, errors } = await ask(server, `{ found: ${document} }`);
      expect([status, errors[0]?.extensions]).toEqual([401, { code: 'UNAUTHENTICATED', reason: 'MISSING' }]);
    }
  });

  test.each(withEntry(mutations))('the mutation %s is refused', async (field, inputs) => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const { status, errors } = await ask(server, `mutation ($i: ${type}!) { ${field}(input: $i) { __typename } }`, {
      i: inputs(ids)[0],
    });
    expect([status, errors[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
  });
});

describe('a role', () => {
  test.each(['BILLING', 'VIEWER'] as const)('%s reads and changes nothing', async (role) => {
    const guest = await aPerson(server);
    await server.db.membership.create({
      data: { organizationId: uuid(owner.organizationId), userId: uuid(guest.userId), role },
    });
    for (const [, documents] of withEntry(queries)) {
      for (const document of documents(ids)) {
        expect((await ask(server, `{ found: ${document} }`, {}, { token: guest.token })).errors).toEqual([]);
      }
    }
    const before = await everything();
    for (const [field, inputs] of withEntry(mutations)) {
      const [input = {}] = inputs(ids);
      expect([field, (await mutate(server, guest.token, field, input, '')).__typename]).toEqual([
        field,
        'ForbiddenError',
      ]);
    }
    expect(await everything()).toEqual(before);
  });
});

/** How much there is of what a mutation could change. */
async function everything() {
  const { db } = server;
  return Promise.all([
    db.project.count(),
    db.allocation.findMany(),
    db.variable.count(),
    db.upload.count(),
    db.deployment.findMany({ select: { status: true, cancelRequestedAt: true } }),
    db.event.count(),
  ]);
}
