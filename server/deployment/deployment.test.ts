import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicId } from '@apployd/core/id';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { ask, issues, mutate, type Data } from '../testing/client.js';
import { aDeployment, aPerson, aProject, aRelease, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let project: MadeProject;
beforeAll(async () => {
  server = await testServer();
  person = await aPerson(server);
  project = await aProject(server, person, { defaultBranch: 'main' });
});
afterAll(() => server.close());

const state = '__typename ... on InvalidStateError { currentState allowedStates } ... on NotFoundError { targetId }';
const create = (input: object = {}, of = project) =>
  mutate(
    server,
    person.token,
    'deploymentCreate',
    { environmentId: of.environmentId, ...input },
    `... on DeploymentCreatePayload { replayed deployment { id number status trigger serving createdBy { name } stages { name startedAt finishedAt }
      source { ... on GitSource { repository { url defaultBranch } ref commit } ... on UploadSource { uploadId sha256 sizeBytes } } } } ${issues}`,
  );
const cancel = (id: string) =>
  mutate(
    server,
    person.token,
    'deploymentCancel',
    { deploymentId: publicId('Deployment', id) },
    `... on DeploymentCancelPayload { deployment { status cancelRequestedAt finishedAt } } ${state}`,
  );
const rollBack = (of: MadeProject, input: object = {}) =>
  mutate(
    server,
    person.token,
    'deploymentRollback',
    { environmentId: of.environmentId, ...input },
    `... on DeploymentRollbackPayload { replayed deployment { id status trigger rollbackOf { id } imageDigest stages { name result startedAt reason { code message } attempts } source { ... on GitSource { commit } } } } ${state}`,
  );

describe('deploymentCreate', () => {
  test('queues a deployment, records it and wakes a worker', async () => {
    const { deployment, replayed } = await create({ source: { git: { ref: 'v1.2.3' } } });
    expect(replayed).toBe(false);
    expect(deployment).toMatchObject({
      number: 1,
      status: 'QUEUED',
      trigger: 'API',
      serving: 'NONE',
      createdBy: { name: 'Ada' },
      source: {
        repository: { url: 'https://example.com/acme/shop.git', defaultBranch: 'main' },
        ref: 'v1.2.3',
        commit: null,
      },
    });
    expect(deployment.stages.map(({ name }: { name: string }) => name)).toEqual([
      'QUEUE',
      'FETCH',
      'BUILD',
      'START',
      'HEALTH_CHECK',
      'SWITCH',
    ]);
    expect(deployment.stages[0].startedAt).not.toBeNull();
    expect(server.asked).toContain(`deploy ${uuid(deployment.id)}`);
    const events = await server.db.event.findMany({ where: { subjectId: uuid(deployment.id) } });
    expect(events).toMatchObject([{ type: 'deployment.queued', data: { number: 1 } }]);
  });

  test('deploys the default branch when nothing is said', async () => {
    expect((await create()).deployment.source.ref).toBe('main');
  });

  test('numbers deployments 1, 2, 3 … also when many come at once, and events too', async () => {
    const own = await aProject(server, person, { name: 'Numbers' });
    const made = await Promise.all(Array.from({ length: 10 }, () => create({ supersede: false }, own)));
    expect(made.map(({ deployment }) => deployment.number).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    const events = await server.db.event.findMany({ where: { streamId: uuid(own.id) }, orderBy: { sequence: 'asc' } });
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 11 }, (_, i) => i + 1));
  });

  test('has one effect for one idempotency key', async () => {
    const input = { idempotencyKey: 'deploy-once-1' };
    const [one, two] = await Promise.all([create(input), create(input)]);
    expect(one.deployment.id).toBe(two.deployment.id);
    expect([one.replayed, two.replayed].sort()).toEqual([false, true]);
  });

  test.each(['--upload-pack=x', 'a..b', 'x y', '$(id)', ''])('refuses the reference %j', async (ref) => {
    expect(await create({ source: { git: { ref } } })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: ['source', 'git', 'ref'], rule: 'INVALID_FORMAT' }],
    });
  });

  test('needs a repository, or an upload of the project that has arrived', async () => {
    const bare = await aProject(server, person, { name: 'Bare', repositoryUrl: null });
    expect(await create({}, bare)).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: ['source'], rule: 'NO_REPOSITORY' }],
    });
    const content = Buffer.from('an archive');
    const sha256 = createHash('sha256').update(content).digest('hex');
    const input = { projectId: bare.id, sha256, sizeBytes: content.length };
    const { uploadId } = await mutate(
      server,
      person.token,
      'sourceUploadCreate',
      input,
      '... on SourceUploadCreatePayload { uploadId }',
    );
    expect(await create({ source: { uploadId } }, bare)).toMatchObject({
      issues: [{ path: ['source', 'uploadId'], rule: 'NOT_STORED' }],
    });
    await fetch(`${server.url}/uploads/${uploadId}`, {
      method: 'PUT',
      body: content,
      headers: { authorization: `Bearer ${person.token}` },
    });
    expect(await create({ source: { uploadId } }, project)).toMatchObject({ issues: [{ rule: 'NOT_FOUND' }] });
    expect((await create({ source: { uploadId } }, bare)).deployment).toMatchObject({
      trigger: 'UPLOAD',
      source: { uploadId, sha256, sizeBytes: content.length },
    });
  });

  test('needs a slice of the pool', async () => {
    const own = await aProject(server, person, { name: 'Sliceless' });
    await mutate(
      server,
      person.token,
      'allocationsSet',
      { organizationId: person.organizationId, changes: [{ projectId: own.id }] },
      '',
    );
    expect(await create({}, own)).toMatchObject({
      __typename: 'QuotaExceededError',
      message: expect.stringContaining('allocationsSet'),
    });
  });

  test('and a rollback are refused when the slice cannot hold the instances that are to run', async () => {
    const ada = await aPerson(server);
    const own = await aProject(server, ada);
    const releaseId = await aRelease(server, own);
    await aDeployment(server, own, { status: 'READY', serving: 'STANDBY', releaseId });
    // As after a restoring without its slice, and a smaller one since.
    const where = { environmentId: uuid(own.environmentId) };
    await server.db.process.updateMany({ where, data: { desiredInstances: 3 } });
    const refusal = {
      __typename: 'QuotaExceededError',
      violations: [{ rule: 'INSTANCES_IN_SLICE', resource: 'MEMORY', projectId: own.id }, { resource: 'CPU' }],
    };
    const violations = '... on QuotaExceededError { violations { rule resource projectId } }';
    for (const field of ['deploymentCreate', 'deploymentRollback']) {
      const input = { environmentId: own.environmentId };
      expect(await mutate(server, ada.token, field, input, violations)).toMatchObject(refusal);
    }
    await server.db.allocation.deleteMany({ where: { projectId: uuid(own.id) } });
    const withoutSlice =
      '... on QuotaExceededError { available { memoryBytes } violations { rule requested available } }';
    const { organizationId } = await server.db.project.findUniqueOrThrow({ where: { id: uuid(own.id) } });
    const { plan } = await server.db.organization.findUniqueOrThrow({
      where: { id: organizationId },
      select: { plan: true },
    });
    for (const field of ['deploymentCreate', 'deploymentRollback']) {
      const refused = await mutate(server, ada.token, field, { environmentId: own.environmentId }, withoutSlice);
      expect(refused.message).toContain('allocationsSet');
      expect(refused.available.memoryBytes).toBe(Number(plan.memoryBytes) / 2);
      expect(refused.violations).toMatchObject([{ rule: 'INSTANCES_IN_SLICE', available: 0 }, { available: 0 }]);
    }
  });

  test('succeeds though the queue is down: the row is what counts', async () => {
    const broken = await testServer({ jobs: { ask: () => Promise.reject(new Error('no queue')) } });
    const ada = await aPerson(broken);
    const own = await aProject(broken, ada);
    const made = await mutate(
      broken,
      ada.token,
      'deploymentCreate',
      { environmentId: own.environmentId },
      '... on DeploymentCreatePayload { deployment { status } }',
    );
    expect(made.deployment.status).toBe('QUEUED');
    await broken.close();
  });
});

describe('deploymentCancel', () => {
  test('ends what waits at once', async () => {
    const id = await aDeployment(server, project, { status: 'QUEUED' });
    const { deployment } = await cancel(id);
    expect(deployment).toMatchObject({
      status: 'CANCELED',
      cancelRequestedAt: expect.any(String),
      finishedAt: expect.any(String),
    });
  });

  test.each(['BUILDING', 'DEPLOYING'] as const)('asks what is %s to stop, once', async (status) => {
    const id = await aDeployment(server, project, { status });
    const first = await cancel(id);
    expect(first.deployment).toMatchObject({ status, cancelRequestedAt: expect.any(String), finishedAt: null });
    expect((await cancel(id)).deployment).toEqual(first.deployment);
    expect(await server.db.event.count({ where: { subjectId: id, type: 'deployment.cancel_requested' } })).toBe(1);
    await server.db.deployment.delete({ where: { id } });
  });

  test.each(['READY', 'FAILED', 'SUPERSEDED'] as const)('is refused for what is %s', async (status) => {
    const id = await aDeployment(server, project, { status });
    expect(await cancel(id)).toMatchObject({
      __typename: 'InvalidStateError',
      currentState: status,
      allowedStates: ['QUEUED', 'BUILDING', 'DEPLOYING'],
    });
  });

  test('of what is CANCELED is as good as done', async () => {
    const id = await aDeployment(server, project, { status: 'CANCELED' });
    expect((await cancel(id)).deployment.status).toBe('CANCELED');
  });

  test('and a worker that claims it at the same time never both win', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = await aDeployment(server, project, { status: 'QUEUED' });
      const claim = server.db.deployment.updateMany({ where: { id, status: 'QUEUED' }, data: { status: 'BUILDING' } });
      const [, { count }] = await Promise.all([cancel(id), claim]);
      const row = await server.db.deployment.findUniqueOrThrow({ where: { id } });
      expect(row.status).toBe(count === 1 ? 'BUILDING' : 'CANCELED');
      expect(row.cancelRequestedAt).not.toBeNull();
      await server.db.deployment.delete({ where: { id } });
    }
  });
});

describe('deploymentRollback', () => {
  const standby = async (of: MadeProject, row: Partial<Prisma.DeploymentUncheckedCreateInput> = {}) =>
    aDeployment(server, of, {
      status: 'READY',
      serving: 'STANDBY',
      releaseId: await aRelease(server, of),
      commit: 'c'.repeat(40),
      ...row,
    });

  test('queues the release that was live before, without a build', async () => {
    const own = await aProject(server, person, { name: 'Back' });
    await standby(own);
    const before = await standby(own);
    await aDeployment(server, own, { status: 'READY', serving: 'LIVE', releaseId: await aRelease(server, own) });
    const { deployment } = await rollBack(own);
    const { releaseId } = await server.db.deployment.findUniqueOrThrow({ where: { id: before } });
    expect(deployment).toMatchObject({
      status: 'QUEUED',
      trigger: 'ROLLBACK',
      rollbackOf: { id: publicId('Deployment', before) },
      imageDigest: `sha256:${releaseId}`,
      source: { commit: 'c'.repeat(40) },
    });
    expect(deployment.stages.map(({ name, result }: Data) => [name, result])).toEqual([
      ['QUEUE', null],
      ['BUILD', 'REUSED'],
      ['START', null],
      ['HEALTH_CHECK', null],
      ['SWITCH', null],
    ]);
    expect(deployment.stages[1]).toMatchObject({ startedAt: null, attempts: 0, reason: { code: null } });
    expect(server.asked).toContain(`deploy ${uuid(deployment.id)}`);
  });

  test('goes to the deployment that is named', async () => {
    const own = await aProject(server, person, { name: 'Named' });
    const oldest = await standby(own);
    await standby(own);
    const input = { toDeploymentId: publicId('Deployment', oldest), idempotencyKey: 'rollback-once' };
    const first = await rollBack(own, input);
    expect(first.deployment.rollbackOf.id).toBe(input.toDeploymentId);
    expect(await rollBack(own, input)).toEqual({ ...first, replayed: true });
  });

  test.each([
    ['FAILED', { status: 'FAILED' }, 'FAILED'],
    ['at work', { status: 'BUILDING' }, 'BUILDING'],
    ['live', { status: 'READY', serving: 'LIVE' }, 'LIVE'],
    ['retired', { status: 'READY', serving: 'RETIRED' }, 'RETIRED'],
  ] as const)('is refused to what is %s', async (_, row, currentState) => {
    const own = await aProject(server, person, { name: 'State' });
    const id = await aDeployment(server, own, row);
    expect(await rollBack(own, { toDeploymentId: publicId('Deployment', id) })).toMatchObject({
      __typename: 'InvalidStateError',
      currentState,
    });
    const { data } = await ask(
      server,
      'query ($id: ID!) { deployment(id: $id) { canRollbackTo } }',
      { id: publicId('Deployment', id) },
      { token: person.token },
    );
    expect(data.deployment.canRollbackTo).toBe(false);
    await server.db.project.delete({ where: { id: uuid(own.id) } });
  });

  test('is refused when no release is kept, and across environments', async () => {
    const own = await aProject(server, person, { name: 'None' });
    expect(await rollBack(own)).toMatchObject({ __typename: 'InvalidStateError', allowedStates: ['STANDBY'] });
    const elsewhere = await standby(project);
    expect(await rollBack(own, { toDeploymentId: publicId('Deployment', elsewhere) })).toMatchObject({
      __typename: 'NotFoundError',
    });
  });
});

describe('a deployment', () => {
  test('says why it failed and where to look', async () => {
    const id = await aDeployment(server, project, {
      status: 'FAILED',
      failureCode: 'BUILD_ERROR',
      failureMessage: 'npm run build ended with 1.',
      failureStage: 'BUILD',
      failureExitCode: 1,
      failureLogSequence: 42n,
    });
    const document =
      'query ($id: ID!) { deployment(id: $id) { failure { code message stage exitCode userFixable logCursor } } }';
    const { data } = await ask(server, document, { id: publicId('Deployment', id) }, { token: person.token });
    expect(data.deployment.failure).toEqual({
      code: 'BUILD_ERROR',
      message: 'npm run build ended with 1.',
      stage: 'BUILD',
      exitCode: 1,
      userFixable: true,
      logCursor: Buffer.from('1:42').toString('base64url'),
    });
  });
});
