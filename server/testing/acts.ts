import { createHash } from 'node:crypto';
import { newId, publicId } from '@apployd/core/id';
import { accountActs, settle } from './account-acts.js';
import type { Act } from './act.js';
import { setPrices, subscribed } from './some-payments.js';
import { mutate } from './client.js';
import {
  aDeployment,
  aDomain,
  anEnvironment,
  anInvitation,
  aProject,
  aRelease,
  aRollout,
  aSlice,
  aToken,
  password,
  uuid,
  type Person,
} from './make.js';
import { aMemberRow, aUserRow, type World } from './world.js';

export type { Act } from './act.js';

const after = ['after'] as const;
const before = ['before'] as const;
const both = ['before', 'after'] as const;

/** Every mutation of the API, some in more than one way. Tests go through all of them, and fail when one is missing. */
export const acts: Readonly<Record<string, Act>> = {
  accountSignUp: {
    mutation: 'accountSignUp',
    asks: 'anybody',
    input: ({ next }) => ({ name: 'New', email: `new-${next()}@example.com`, password }),
    tells: [],
  },
  accountSignIn: {
    mutation: 'accountSignIn',
    asks: 'anybody',
    input: async (world) => {
      await settle(world, world.stranger);
      return { email: world.stranger.email, password };
    },
    tells: [],
  },
  organizationCreate: {
    mutation: 'organizationCreate',
    asks: 'session',
    input: ({ next }) => ({ name: `Made ${next()}` }),
    tells: after,
  },
  organizationUpdate: {
    mutation: 'organizationUpdate',
    asks: ['organization:update'],
    input: ({ organizationId, next }) => ({ organizationId, name: `Name ${next()}` }),
    tells: both,
  },
  organizationLeave: {
    mutation: 'organizationLeave',
    asks: ['organization:leave'],
    input: ({ organizationId }) => ({ organizationId }),
    tells: before,
  },
  organizationTransfer: {
    mutation: 'organizationTransfer',
    asks: ['organization:transfer'],
    input: async ({ server, organizationId }) => ({
      organizationId,
      userId: await aMemberRow(server, organizationId, 'ADMIN'),
    }),
    tells: both,
  },
  memberRoleSet: {
    mutation: 'memberRoleSet',
    asks: ['member:update'],
    input: async ({ server, organizationId }) => ({
      organizationId,
      userId: await aMemberRow(server, organizationId, 'VIEWER'),
      role: 'DEVELOPER',
    }),
    tells: both,
  },
  'memberRoleSet that makes an owner': {
    mutation: 'memberRoleSet',
    asks: ['member:update', 'owner:change'],
    input: async ({ server, organizationId }) => ({
      organizationId,
      userId: await aMemberRow(server, organizationId, 'VIEWER'),
      role: 'OWNER',
    }),
    tells: both,
  },
  memberRemove: {
    mutation: 'memberRemove',
    asks: ['member:remove'],
    input: async ({ server, organizationId }) => ({
      organizationId,
      userId: await aMemberRow(server, organizationId, 'VIEWER'),
    }),
    tells: before,
  },
  'memberRemove of an owner': {
    mutation: 'memberRemove',
    asks: ['member:remove', 'owner:change'],
    input: async ({ server, organizationId }) => ({
      organizationId,
      userId: await aMemberRow(server, organizationId, 'OWNER'),
    }),
    tells: before,
  },
  memberInvite: {
    mutation: 'memberInvite',
    asks: ['member:invite'],
    input: ({ organizationId, next }) => ({ organizationId, email: `invited-${next()}@example.com`, role: 'VIEWER' }),
    tells: after,
  },
  'memberInvite of an owner': {
    mutation: 'memberInvite',
    asks: ['owner:change'],
    input: ({ organizationId, next }) => ({ organizationId, email: `invited-${next()}@example.com`, role: 'OWNER' }),
    tells: after,
  },
  invitationRevoke: {
    mutation: 'invitationRevoke',
    asks: ['member:invite'],
    sees: 'invitation:read',
    input: (world) => invitationRevokeInput(world, 'VIEWER'),
    tells: before,
  },
  'invitationRevoke of an owner': {
    mutation: 'invitationRevoke',
    asks: ['owner:change'],
    sees: 'invitation:read',
    input: (world) => invitationRevokeInput(world, 'OWNER'),
    tells: before,
  },
  invitationAccept: {
    mutation: 'invitationAccept',
    asks: 'session',
    input: async ({ server, people, stranger }, { email }) => {
      // Into an organization where nobody of these is.
      const invitedBy = email === stranger.email ? people.OWNER : stranger;
      return { secret: await anInvitation(server, invitedBy, { email, role: 'VIEWER' }) };
    },
    tells: after,
  },
  apiTokenCreate: {
    mutation: 'apiTokenCreate',
    asks: ['token:create'],
    input: ({ organizationId, next }) => ({ organizationId, name: `Token ${next()}`, scopes: ['TOKEN_WRITE'] }),
    tells: after,
  },
  apiTokenRevoke: {
    mutation: 'apiTokenRevoke',
    asks: ['token:revoke'],
    input: (world, as) => apiTokenRevokeInput(world, as),
    tells: both,
  },
  "apiTokenRevoke of somebody else's": {
    mutation: 'apiTokenRevoke',
    asks: ['token:revokeOthers'],
    sees: 'token:read',
    input: async (world) => {
      const userId = await aMemberRow(world.server, world.organizationId, 'ADMIN');
      return apiTokenRevokeInput(world, { ...world.people.OWNER, userId });
    },
    tells: both,
  },
  operatorSet: {
    mutation: 'operatorSet',
    asks: 'operator',
    input: async ({ server }) => ({ user: { id: await aUserRow(server) }, isOperator: true }),
    tells: both,
  },
  planUpdate: {
    mutation: 'planUpdate',
    asks: 'operator',
    input: async ({ server, next }) => ({ planId: await planId(server, 'HOBBY'), name: `Hobby ${next()}` }),
    tells: both,
  },
  billingCheckoutOpen: {
    mutation: 'billingCheckoutOpen',
    asks: ['billing:change'],
    input: async ({ server, organizationId, next }) => ({
      organizationId: await billed(server, organizationId, 'cus_new'),
      planId: await pricedPlanId(server, 'BUSINESS'),
      interval: next() % 2 === 0 ? 'MONTH' : 'YEAR',
    }),
    tells: after,
  },
  billingPortalOpen: {
    mutation: 'billingPortalOpen',
    asks: ['billing:change'],
    input: ({ organizationId, next }) => ({ organizationId, page: next() % 2 === 0 ? 'HOME' : 'PAYMENT_METHOD' }),
    tells: after,
  },
  billingPlanChange: {
    mutation: 'billingPlanChange',
    asks: ['billing:change'],
    input: async ({ server, organizationId, next }) => ({
      organizationId: await billed(server, organizationId, subscribed),
      planId: await pricedPlanId(server, 'BUSINESS'),
      interval: next() % 2 === 0 ? 'MONTH' : 'YEAR',
    }),
    tells: both,
  },
  billingEndingSet: {
    mutation: 'billingEndingSet',
    asks: ['billing:change'],
    input: async ({ server, organizationId, next }) => ({
      organizationId: await billed(server, organizationId, subscribed),
      ends: next() % 2 === 0,
    }),
    tells: both,
  },
  billingOverageSet: {
    mutation: 'billingOverageSet',
    asks: ['billing:overage'],
    input: async ({ server, organizationId, next }) => {
      await setPrices(server.db, 'HOBBY', 500);
      return { organizationId: await billed(server, organizationId, subscribed), capGigabytes: 1 + next() };
    },
    tells: both,
  },
  organizationPlanSet: {
    mutation: 'organizationPlanSet',
    asks: 'operator',
    input: async ({ server, stranger, next }) => ({
      organizationId: stranger.organizationId,
      planId: await planId(server, next() % 2 === 0 ? 'PRO' : 'BUSINESS'),
    }),
    tells: both,
  },
  projectCreate: {
    mutation: 'projectCreate',
    asks: ['project:create'],
    input: ({ organizationId, next }) => ({ organizationId, name: `Project ${next()}`, resources: aSlice }),
    tells: after,
  },
  projectUpdate: {
    mutation: 'projectUpdate',
    asks: ['project:update'],
    input: ({ project, next }) => ({ projectId: project.id, name: `Project ${next()}` }),
    tells: both,
  },
  projectDelete: {
    mutation: 'projectDelete',
    asks: ['project:delete'],
    input: projectDeleteInput,
    tells: both,
  },
  projectRestore: {
    mutation: 'projectRestore',
    asks: ['project:restore'],
    input: async (world) => {
      const input = await projectDeleteInput(world);
      await mutate(world.server, world.people.OWNER.token, 'projectDelete', input, '');
      return { projectId: input.projectId };
    },
    tells: both,
  },
  allocationsSet: {
    mutation: 'allocationsSet',
    asks: ['allocation:set'],
    input: ({ organizationId, otherProject, next }) => ({
      organizationId,
      changes: [{ projectId: otherProject.id, limits: { ...aSlice, bandwidthBytesPerMonth: next() } }],
    }),
    tells: both,
  },
  environmentCreate: {
    mutation: 'environmentCreate',
    asks: ['environment:create'],
    input: async ({ server, people }) => ({
      projectId: (await aRoomyProject(server, people.OWNER)).id,
      slug: 'staging',
    }),
    tells: after,
  },
  'environmentCreate with the variables of another': {
    mutation: 'environmentCreate',
    asks: ['environment:create', 'variable:set'],
    input: async ({ server, people }) => {
      const { id: projectId, environmentId: copyFromId } = await aRoomyProject(server, people.OWNER);
      return { projectId, slug: 'staging', copyFromId };
    },
    tells: after,
  },
  environmentDelete: {
    mutation: 'environmentDelete',
    asks: ['environment:delete'],
    input: environmentDeleteInput,
    tells: both,
  },
  environmentRestore: {
    mutation: 'environmentRestore',
    asks: ['environment:restore'],
    input: async (world) => {
      const input = await environmentDeleteInput(world);
      await mutate(world.server, world.people.OWNER.token, 'environmentDelete', input, '');
      return { environmentId: input.environmentId };
    },
    tells: both,
  },
  environmentUpdate: {
    mutation: 'environmentUpdate',
    asks: ['environment:update'],
    input: ({ project, next }) => ({ environmentId: project.environmentId, cpuMillicores: 50 + next() }),
    tells: both,
  },
  environmentEdgeUpdate: {
    mutation: 'environmentEdgeUpdate',
    asks: ['environment:update'],
    input: ({ project, next }) => ({
      environmentId: project.environmentId,
      edge: { maintenanceMessage: `Back at ${next()}` },
    }),
    tells: both,
  },
  environmentRolloutUpdate: {
    mutation: 'environmentRolloutUpdate',
    asks: ['environment:update'],
    input: ({ project, next }) => ({ environmentId: project.environmentId, rollout: { minRequests: 200 + next() } }),
    tells: both,
  },
  environmentRestart: {
    mutation: 'environmentRestart',
    asks: ['environment:run'],
    input: async (world) => liveEnvironmentInput(world),
    tells: both,
  },
  environmentStop: {
    mutation: 'environmentStop',
    asks: ['environment:run'],
    input: async (world) => liveEnvironmentInput(world),
    tells: both,
  },
  environmentStart: {
    mutation: 'environmentStart',
    asks: ['environment:run'],
    input: async (world) => liveEnvironmentInput(world),
    tells: both,
  },
  environmentSleep: {
    mutation: 'environmentSleep',
    asks: ['environment:run'],
    input: async (world) => {
      const input = await liveEnvironmentInput(world);
      const where = { id: uuid(input.environmentId) };
      await world.server.db.environment.update({ where, data: { observedState: 'RUNNING' } });
      return input;
    },
    tells: both,
  },
  environmentWake: {
    mutation: 'environmentWake',
    asks: ['environment:run'],
    input: async (world) => {
      const input = await liveEnvironmentInput(world);
      const where = { id: uuid(input.environmentId) };
      const data = { desiredState: 'LIGHT_SLEEP', observedState: 'LIGHT_SLEEP' } as const;
      await world.server.db.environment.update({ where, data });
      return input;
    },
    tells: both,
  },
  environmentAutoDeployResume: {
    mutation: 'environmentAutoDeployResume',
    asks: ['environment:run'],
    input: async (world) => {
      const input = await liveEnvironmentInput(world);
      const where = { id: uuid(input.environmentId) };
      await world.server.db.environment.update({ where, data: { autoDeployPausedAt: new Date() } });
      return input;
    },
    tells: both,
  },
  volumeCreate: {
    mutation: 'volumeCreate',
    asks: ['volume:create'],
    input: async ({ server, project }) => {
      const { environmentId } = await anEnvironment(server, project);
      return { environmentId, name: 'data', mountPath: '/data' };
    },
    tells: after,
  },
  volumeDelete: {
    mutation: 'volumeDelete',
    asks: ['volume:delete'],
    input: async (world) => ({ volumeId: await aVolume(world), confirmName: 'data' }),
    tells: both,
  },
  volumeRestore: {
    mutation: 'volumeRestore',
    asks: ['volume:restore'],
    input: async (world) => ({ volumeId: await aVolume(world, new Date(Date.now() + 60_000)) }),
    tells: both,
  },
  domainAdd: {
    mutation: 'domainAdd',
    asks: ['domain:add'],
    input: async ({ server, people, next }) => {
      const { environmentId } = await aProject(server, people.OWNER, { name: `Shop ${next()}` });
      return { environmentId, name: `shop-${next()}.example` };
    },
    tells: after,
  },
  domainRecheck: {
    mutation: 'domainRecheck',
    asks: ['domain:recheck'],
    input: async (world) => ({ domainId: await aDomain(world.server, world.project) }),
    tells: both,
  },
  domainRemove: {
    mutation: 'domainRemove',
    asks: ['domain:remove'],
    input: async (world) => ({ domainId: await aDomain(world.server, world.project) }),
    tells: before,
  },
  variablesSet: {
    mutation: 'variablesSet',
    asks: ['variable:set'],
    input: ({ project, next }) => ({
      environmentId: project.environmentId,
      variables: [{ key: 'KEY', value: `secret value ${next()}`, isSecret: true }],
    }),
    tells: both,
  },
  sourceUploadCreate: {
    mutation: 'sourceUploadCreate',
    asks: ['upload:create'],
    input: ({ project, next }) => ({
      projectId: project.id,
      sha256: createHash('sha256').update(String(next())).digest('hex'),
      sizeBytes: 1,
    }),
    tells: after,
  },
  deploymentCreate: {
    mutation: 'deploymentCreate',
    asks: ['deployment:create'],
    input: ({ project, next }) => ({ environmentId: project.environmentId, source: { git: { ref: `v${next()}` } } }),
    tells: after,
  },
  deploymentCancel: {
    mutation: 'deploymentCancel',
    asks: ['deployment:cancel'],
    input: async ({ server, project }) => ({
      deploymentId: publicId('Deployment', await aDeployment(server, project)),
    }),
    tells: both,
  },
  rolloutPromote: {
    mutation: 'rolloutPromote',
    asks: ['deployment:create'],
    input: async ({ server, project }) => ({ deploymentId: await aRollout(server, project) }),
    tells: both,
  },
  rolloutAbort: {
    mutation: 'rolloutAbort',
    asks: ['deployment:cancel'],
    input: async ({ server, project }) => ({ deploymentId: await aRollout(server, project) }),
    tells: both,
  },
  deploymentRollback: {
    mutation: 'deploymentRollback',
    asks: ['deployment:rollback'],
    input: async ({ server, project }) => {
      const kept = { status: 'READY', serving: 'STANDBY', releaseId: await aRelease(server, project) } as const;
      const toDeploymentId = publicId('Deployment', await aDeployment(server, project, kept));
      return { environmentId: project.environmentId, toDeploymentId };
    },
    tells: after,
  },
  'deploymentRollback with the variables of then': {
    mutation: 'deploymentRollback',
    asks: ['deployment:rollback', 'variable:set'],
    input: async ({ server, project }) => {
      const releaseId = await aRelease(server, project);
      const kept = { status: 'READY', serving: 'STANDBY', releaseId, variablesVersion: 1 } as const;
      const toDeploymentId = publicId('Deployment', await aDeployment(server, project, kept));
      return { environmentId: project.environmentId, toDeploymentId, restoreVariables: true };
    },
    tells: after,
  },
  deploymentRedeploy: {
    mutation: 'deploymentRedeploy',
    asks: ['deployment:create'],
    input: async ({ server, project }) => ({
      deploymentId: publicId('Deployment', await aDeployment(server, project, { status: 'FAILED' })),
    }),
    tells: after,
  },
  deploymentPromote: {
    mutation: 'deploymentPromote',
    asks: ['deployment:create'],
    input: async ({ server, project }) => {
      const live = { status: 'READY', serving: 'LIVE', releaseId: await aRelease(server, project) } as const;
      const staging = await anEnvironment(server, project);
      return {
        deploymentId: publicId('Deployment', await aDeployment(server, staging, live)),
        environmentId: project.environmentId,
      };
    },
    tells: after,
  },
  ...accountActs,
  accountSignOut: { mutation: 'accountSignOut', asks: 'anybody', input: () => ({}), tells: [] },
};

async function projectDeleteInput({ server, people, next }: World) {
  const confirmSlug = `going-${next()}`;
  return { projectId: (await aProject(server, people.OWNER, { slug: confirmSlug })).id, confirmSlug };
}

/** Its slice holds two of the smallest instances. */
function aRoomyProject(server: World['server'], owner: Person) {
  const resources = { ...aSlice, memoryBytes: 2 * aSlice.memoryBytes, cpuMillicores: 2 * aSlice.cpuMillicores };
  return aProject(server, owner, { resources });
}

async function environmentDeleteInput({ server, project }: World) {
  const { environmentId } = await anEnvironment(server, project);
  return { environmentId, confirmSlug: uuid(environmentId) };
}

/** In an environment of its own; its id. */
async function aVolume({ server, project }: World, deletesAt: Date | null = null): Promise<string> {
  const environmentId = uuid((await anEnvironment(server, project)).environmentId);
  const { organizationId, projectId } = await server.db.environment.findUniqueOrThrow({ where: { id: environmentId } });
  const own = { id: newId(), organizationId, projectId, environmentId, name: 'data', mountPath: '/data', deletesAt };
  await server.db.volume.create({ data: own });
  return publicId('Volume', own.id);
}

/** An environment with something live in it. */
async function liveEnvironmentInput({ server, project }: World) {
  const environment = await anEnvironment(server, project);
  const live = { status: 'READY', serving: 'LIVE', releaseId: await aRelease(server, project) } as const;
  const liveDeploymentId = await aDeployment(server, environment, live);
  const where = { id: uuid(environment.environmentId) };
  await server.db.environment.update({ where, data: { liveDeploymentId } });
  return { environmentId: environment.environmentId };
}

async function invitationRevokeInput({ server, people, next }: World, role: 'OWNER' | 'VIEWER') {
  const email = `revoked-${next()}@example.com`;
  const id = newId();
  await anInvitation(server, people.OWNER, { id, email, role });
  return { invitationId: publicId('Invitation', id) };
}

async function apiTokenRevokeInput({ server, organizationId }: World, person: Person) {
  const id = newId();
  await aToken(server, { ...person, organizationId }, { id, scopes: ['DEPLOY'] });
  return { tokenId: publicId('ApiToken', id) };
}

async function planId({ db }: World['server'], code: string): Promise<string> {
  return publicId('Plan', (await db.plan.findUniqueOrThrow({ where: { code } })).id);
}

async function pricedPlanId(server: World['server'], code: string): Promise<string> {
  await setPrices(server.db, code, 5_000);
  return planId(server, code);
}

/** The organization is this customer from now on. */
async function billed({ db }: World['server'], organizationId: string, name: string): Promise<string> {
  const id = uuid(organizationId);
  const customerId = `${name}_${id}`;
  await db.billing.upsert({
    where: { organizationId: id },
    create: { organizationId: id, customerId, isLive: false },
    update: { customerId },
  });
  return organizationId;
}
