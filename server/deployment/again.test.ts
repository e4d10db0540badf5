import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { publicId } from '@apployd/core/id';
import { mutate } from '../testing/client.js';
import {
  aDeployment,
  anEnvironment,
  aPerson,
  aProject,
  aRelease,
  uuid,
  type MadeProject,
  type Person,
} from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let shop: MadeProject;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  person = await aPerson(server);
  shop = await aProject(server, person);
});

const selection = `deployment { id status trigger stages { name } environment { id } promotedFrom { id } imageDigest
  source { ... on GitSource { ref commit } } } superseded { id }`;
const refused = '... on InvalidStateError { currentState } ... on NotFoundError { targetId }';
const redeploy = (id: string) =>
  mutate(
    server,
    person.token,
    'deploymentRedeploy',
    { deploymentId: publicId('Deployment', id) },
    `... on DeploymentRedeployPayload { ${selection} } ${refused}`,
  );
const promote = (id: string, to: MadeProject) =>
  mutate(
    server,
    person.token,
    'deploymentPromote',
    { deploymentId: publicId('Deployment', id), environmentId: to.environmentId },
    `... on DeploymentPromotePayload { ${selection} } ${refused}`,
  );
const names = (stages: { name: string }[]) => stages.map(({ name }) => name);
const commit = 'c'.repeat(40);

describe('deploymentRedeploy', () => {
  test('builds the same commit anew, wherever its branch is by now, and supersedes what waits', async () => {
    const releaseId = await aRelease(server, shop);
    const former = await aDeployment(server, shop, { status: 'READY', ref: 'main', commit, releaseId });
    const waiting = await aDeployment(server, shop);
    const { deployment, superseded } = await redeploy(former);
    expect(deployment).toMatchObject({
      status: 'QUEUED',
      trigger: 'REDEPLOY',
      source: { ref: commit },
      imageDigest: null,
    });
    expect(names(deployment.stages)).toContain('BUILD');
    expect(superseded).toEqual([{ id: publicId('Deployment', waiting) }]);
    expect(server.asked).toContain(`deploy ${uuid(deployment.id)}`);
  });

  test('takes what was asked for when it failed before it was fetched, and is refused without a source', async () => {
    const unfetched = await aDeployment(server, shop, { status: 'FAILED', ref: 'v1' });
    expect((await redeploy(unfetched)).deployment.source).toMatchObject({ ref: 'v1', commit: null });
    const gone = await aDeployment(server, shop, { status: 'FAILED', repositoryUrl: null });
    expect(await redeploy(gone)).toMatchObject({ __typename: 'InvalidStateError', currentState: 'SOURCE_GONE' });
  });
});

describe('deploymentPromote', () => {
  test('brings the release of one environment to another of the project, without a build', async () => {
    const staging = await anEnvironment(server, shop);
    const releaseId = await aRelease(server, shop);
    const staged = await aDeployment(server, staging, { status: 'READY', serving: 'LIVE', releaseId, commit });
    const { deployment } = await promote(staged, shop);
    expect(deployment).toMatchObject({
      status: 'QUEUED',
      trigger: 'PROMOTE',
      environment: { id: shop.environmentId },
      promotedFrom: { id: publicId('Deployment', staged) },
      imageDigest: `sha256:${releaseId}`,
      source: { commit },
    });
    expect(names(deployment.stages)).toEqual(['QUEUE', 'BUILD', 'START', 'HEALTH_CHECK', 'SWITCH']);
  });

  test.each([
    ['never went live', { status: 'FAILED' }, 'FAILED'],
    ['is not kept', { status: 'READY', serving: 'RETIRED' }, 'RETIRED'],
  ] as const)('is refused for what %s', async (_, row, currentState) => {
    const staging = await anEnvironment(server, shop);
    const id = await aDeployment(server, staging, row);
    expect(await promote(id, shop)).toMatchObject({ __typename: 'InvalidStateError', currentState });
  });

  test('is refused within one environment, and into another project', async () => {
    const releaseId = await aRelease(server, shop);
    const id = await aDeployment(server, shop, { status: 'READY', serving: 'LIVE', releaseId });
    expect(await promote(id, shop)).toMatchObject({ currentState: 'SAME_ENVIRONMENT' });
    const other = await aProject(server, person, { name: 'Other' });
    expect(await promote(id, other)).toMatchObject({ __typename: 'NotFoundError', targetId: other.environmentId });
  });
});
