import { afterEach, expect, test } from 'vitest';
import { Apployd } from './client.js';
import { PlanInUseError } from './error/domain-error.js';
import { environment, happyWorld, organization, pageInfo, pool, project, resources } from './testing/make.js';
import { type MockPlatform, mockPlatform, type Resolvers } from './testing/mock-platform.js';

let platform: MockPlatform;
afterEach(() => platform.close());

async function apploydWith(resolvers: Resolvers): Promise<Apployd> {
  platform = await mockPlatform(resolvers);
  return new Apployd({ url: platform.url, token: 'tok_1' });
}

const sent = () => platform.requests.map(({ body }) => body.variables);

const plan = {
  __typename: 'Plan',
  id: 'pln_1',
  code: 'HOBBY',
  name: 'Hobby',
  pool: resources,
  maxProjects: 10,
  maxConcurrentBuilds: 1,
  logRetentionDays: 7,
  autoSleepMinutes: null,
  bandwidthRule: 'STOP',
  throttleBytesPerSecond: 262_144,
  isSelectable: true,
  version: 1,
};
const at = '2026-11-23T12:00:00.000Z';
const createdBy = { id: 'usr_1', name: 'Ada' };

test('a project is changed, deleted and brought back', async () => {
  const world = happyWorld();
  const updated = { __typename: 'ProjectUpdatePayload', project: { ...project, name: 'Store' }, replayed: false };
  const apployd = await apploydWith({ ...world, Mutation: { ...world.Mutation, projectUpdate: () => updated } });
  const input = { projectId: 'prj_1', name: 'Store', settings: { port: 8080, rootDirectory: null } };
  expect((await apployd.projects.update({ ...input, expectedVersion: 1 })).project.name).toBe('Store');
  const deleted = await apployd.projects.delete({ projectId: 'prj_1', confirmSlug: 'shop' });
  expect(deleted).toMatchObject({ project: { state: 'DELETING', deletesAt: at }, pool: { version: 1 } });
  expect(await apployd.projects.restore({ projectId: 'prj_1' })).toMatchObject({ sliceRestored: true });
  expect(sent()).toMatchObject([
    { input: { ...input, expectedVersion: 1 } },
    { input: { projectId: 'prj_1', confirmSlug: 'shop' } },
    { input: { projectId: 'prj_1' } },
  ]);
});

test('an environment is resized, and the pool divided: both say what becomes of what runs', async () => {
  const world = happyWorld();
  const resizes = [{ environment, how: 'LIVE_OR_REPLACE' }];
  const allocationsSet = () => ({
    __typename: 'AllocationsSetPayload',
    pool,
    allocations: [],
    resizes,
    applied: true,
    replayed: false,
  });
  const apployd = await apploydWith({ ...world, Mutation: { ...world.Mutation, allocationsSet } });
  const made = await apployd.environments.update({ environmentId: 'env_1', instances: 2, memoryBytes: null });
  expect(made).toMatchObject({ environment: { instances: 2 }, resizes: [{ how: 'LIVE' }] });
  const changes = [{ projectId: 'prj_1', limits: resources }];
  expect(await apployd.allocations.set({ organizationId: 'org_1', changes })).toMatchObject({
    resizes: [{ environment: { id: 'env_1' }, how: 'LIVE_OR_REPLACE' }],
  });
});

test('histories of settings, resources and variables are walked page by page', async () => {
  const page = <Row>(first: Row, second: Row) => ({
    first: { nodes: [first], edges: [], pageInfo: { ...pageInfo, hasNextPage: true, endCursor: 'c1' } },
    second: { nodes: [second], edges: [], pageInfo },
  });
  const settings = (version: number) => ({ version, settings: project.settings, createdAt: at, createdBy });
  const names = (version: number) => ({ version, set: ['A'], removed: ['B'], createdAt: at, createdBy });
  const chosen = (version: number) => ({
    version,
    instances: version,
    memoryBytes: null,
    cpuMillicores: 50,
    createdAt: at,
    createdBy,
  });
  const [ofSettings, ofVariables] = [page(settings(2), settings(1)), page(names(3), names(2))];
  const ofResources = page(chosen(4), chosen(1));
  const settingsHistory = ({ after }: { after?: string }) => (after === 'c1' ? ofSettings.second : ofSettings.first);
  const variablesHistory = ({ after }: { after?: string }) => (after === 'c1' ? ofVariables.second : ofVariables.first);
  const resourcesHistory = ({ after }: { after?: string }) => (after === 'c1' ? ofResources.second : ofResources.first);
  const apployd = await apploydWith({
    Query: {
      project: () => ({ ...project, settingsHistory }),
      environment: () => ({ ...environment, variablesHistory, resourcesHistory }),
    },
  });
  const kept = await apployd.projects.settingsHistory({ projectId: 'prj_1' }).toArray({ limit: 10 });
  expect(kept).toEqual([settings(2), settings(1)]);
  const changed = await apployd.variables.history({ environmentId: 'env_1' }).toArray({ limit: 10 });
  expect(changed).toEqual([names(3), names(2)]);
  const resized = await apployd.environments.resourcesHistory({ environmentId: 'env_1' }).toArray({ limit: 10 });
  expect(resized).toEqual([chosen(4), chosen(1)]);
});

test('plans are listed, and edited and given by the operator; what is in use is told', async () => {
  const conflicts = [{ rule: 'PROJECTS', resource: null, organizations: 2, held: 12, allowed: 10 }];
  const refusal = {
    __typename: 'PlanInUseError',
    code: 'PLAN_IN_USE',
    message: 'In use.',
    retryable: false,
    conflicts,
  };
  const planSet = { organizationId: organization.id, plan, allocated: resources, replayed: false };
  const apployd = await apploydWith({
    Query: { plans: () => [plan], organization: () => ({ ...organization, plan, pool }) },
    Mutation: {
      planUpdate: () => refusal,
      organizationPlanSet: () => ({ __typename: 'OrganizationPlanSetPayload', ...planSet }),
    },
  });
  expect(await apployd.plans.list()).toMatchObject([{ code: 'HOBBY', pool: resources }]);
  expect((await apployd.organizations.get({ id: 'org_1' })).plan.maxProjects).toBe(10);
  const set = await apployd.organizations.setPlan({ organizationId: 'org_1', planId: 'pln_1', expectedPoolVersion: 1 });
  expect(set).toMatchObject({ plan: { code: 'HOBBY' }, allocated: resources });
  await expect(apployd.plans.update({ planId: 'pln_1', maxProjects: 10 })).rejects.toMatchObject({
    constructor: PlanInUseError,
    conflicts,
  });
});
