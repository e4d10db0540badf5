import { newId } from '@apployd/core/id';
import { buildLogOf, runtimeLogOf } from '@apployd/core/log-line';
import { GiB, MiB } from '@apployd/core/resources';
import { uuid } from './make.js';
import type { World } from './world.js';

/** So many more rows of everything that the owner of a world and its operator look at, each with somebody else behind it. */
export async function fill(world: World, count: number): Promise<void> {
  const ids = () => Array.from({ length: count }, newId);
  const users = ids();
  await makePeople(world, users);
  await makeProjects(world, ids(), users);
  await makeOrganizations(world, ids());
  const deployments = ids();
  await makeDeployments(world, deployments, users);
  await makeHistories(world, users);
  const tokens = ids();
  await makeDomains(world, ids());
  await makeTokens(world, tokens, users);
  await makeEvents(world, deployments, { users, tokens });
  await makeSessions(world, ids());
  await writeLogs(world, count);
}

async function makePeople({ server: { db }, organizationId }: World, users: readonly string[]): Promise<void> {
  const ofOrganization = { organizationId: uuid(organizationId) };
  const dayMs = 24 * 60 * 60_000;
  const invitation = {
    role: 'VIEWER' as const,
    createdAt: new Date(Date.now() - 2 * dayMs),
    expiresAt: new Date(Date.now() + dayMs),
  };
  await db.user.createMany({
    data: users.map((id) => ({ id, name: `Person ${id}`, email: `${id}@example.com`, isOperator: true })),
  });
  await db.membership.createMany({
    data: users.map((userId) => ({ ...ofOrganization, userId, role: 'DEVELOPER' as const })),
  });
  await db.invitation.createMany({
    // Members and invitations together are 200 at most, and a day's invitations 100.
    data: users.slice(users.length / 2).map((invitedById) => {
      const id = newId();
      return { id, ...ofOrganization, ...invitation, invitedById, email: `${id}@example.com`, secretHash: bytesOf(id) };
    }),
  });
}

async function makeProjects(
  { server: { db }, organizationId, project }: World,
  ids: readonly string[],
  users: readonly string[],
) {
  const { settings } = await db.project.findUniqueOrThrow({ where: { id: uuid(project.id) } });
  const ofOrganization = { organizationId: uuid(organizationId) };
  const slice = { memoryBytes: 64 * MiB, cpuMillicores: 50, bandwidthBytesPerMonth: GiB };
  await db.project.createMany({
    data: ids.map((id) => ({ id, ...ofOrganization, slug: id, name: id, settings: settings ?? {} })),
  });
  await db.allocation.createMany({
    data: ids.map((projectId, i) => ({ id: newId(), ...ofOrganization, projectId, ...slice, updatedById: users[i] })),
  });
  // One of each new project, and as many more of the one that is there.
  for (const projectIds of [ids, ids.map(() => uuid(project.id))]) {
    const environments = projectIds.map((projectId) => ({ id: newId(), projectId }));
    await db.environment.createMany({
      data: environments.map((one, i) => ({
        ...one,
        ...ofOrganization,
        kind: i === 0 || projectIds === ids ? ('PRODUCTION' as const) : ('STAGING' as const),
        slug: projectIds === ids ? 'production' : one.id,
        hostname: `${one.id}.apps.test`,
      })),
    });
    await db.process.createMany({
      data: environments.map(({ id }) => ({
        id: newId(),
        ...ofOrganization,
        environmentId: id,
        name: 'web',
        memoryBytes: 64 * MiB,
        cpuMillicores: 50,
      })),
    });
  }
}

async function makeOrganizations({ server: { db }, people }: World, ids: readonly string[]): Promise<void> {
  const { id: planId } = await db.plan.findUniqueOrThrow({ where: { code: 'FREE' } });
  await db.organization.createMany({ data: ids.map((id) => ({ id, slug: id, name: id, planId })) });
  await db.membership.createMany({
    data: ids.map((organizationId) => ({ organizationId, userId: uuid(people.OWNER.userId), role: 'VIEWER' as const })),
  });
}

/** Beyond the numbers that tests give to others. */
const farAway = 1_000_000;

async function makeDeployments(world: World, ids: readonly string[], users: readonly string[]): Promise<void> {
  const { server, organizationId, project } = world;
  const at = { organizationId: uuid(organizationId), projectId: uuid(project.id) };
  const environmentId = uuid(project.environmentId);
  const { _max: most } = await server.db.deployment.aggregate({ where: at, _max: { number: true } });
  const [rollbackOfId, promotedFromId] = [uuid(world.deploymentId), uuid(world.deploymentId)];
  await server.db.deployment.createMany({
    data: ids.map((id, i) => ({
      id,
      ...at,
      environmentId,
      number: Math.max(most.number ?? 0, farAway) + i + 1,
      trigger: 'ROLLBACK' as const,
      status: i % 2 === 0 ? ('QUEUED' as const) : ('FAILED' as const),
      rollbackOfId,
      promotedFromId,
      createdById: users[i],
    })),
  });
  await server.db.deploymentStep.createMany({
    data: ids.map((deploymentId) => ({
      deploymentId,
      organizationId: at.organizationId,
      name: 'QUEUE' as const,
      startedAt: new Date(),
    })),
  });
  await server.db.variable.createMany({
    data: ids.map((id, i) => ({
      id,
      organizationId: at.organizationId,
      environmentId,
      key: `KEY_${id.replaceAll('-', '_')}`,
      fromVersion: 1,
      sealedValue: bytesOf(id),
      isSecret: true,
      updatedById: users[i],
    })),
  });
}

async function makeDomains({ server: { db }, organizationId, project }: World, ids: readonly string[]): Promise<void> {
  const [projectId, environmentId] = [uuid(project.id), uuid(project.environmentId)];
  const own = { organizationId: uuid(organizationId), projectId, environmentId, proof: 'proof' };
  const problem = 'PROOF_MISSING';
  const verifiedAt = new Date();
  const names = ids.map((id) => ({ id, name: `${id}.example` }));
  await db.domain.createMany({ data: names.map((one) => ({ ...own, ...one, problem, verifiedAt })) });
  await db.certificate.createMany({ data: names.map(({ name }) => ({ hostname: name })) });
}

async function makeHistories(
  { server: { db }, organizationId, project }: World,
  users: readonly string[],
): Promise<void> {
  const ofOrganization = { organizationId: uuid(organizationId) };
  const [projectId, environmentId] = [uuid(project.id), uuid(project.environmentId)];
  const { settings } = await db.project.findUniqueOrThrow({ where: { id: projectId } });
  const first = farAway + (await db.projectSettingsVersion.count({ where: { projectId } }));
  const made = users.map((createdById, i) => ({ ...ofOrganization, version: first + i, createdById }));
  await db.projectSettingsVersion.createMany({
    data: made.map((one) => ({ ...one, projectId, settings: settings ?? {} })),
  });
  await db.environmentResourcesVersion.createMany({
    data: made.map((one) => ({ ...one, environmentId, instances: 1 })),
  });
  await db.variablesVersion.createMany({ data: made.map((one) => ({ ...one, environmentId, set: ['KEY'] })) });
}

async function makeTokens(
  { server: { db }, organizationId, people }: World,
  ids: readonly string[],
  users: readonly string[],
) {
  const ofOrganization = { organizationId: uuid(organizationId) };
  await db.apiToken.createMany({
    data: ids.map((id, i) => ({
      id,
      ...ofOrganization,
      name: id,
      prefix: id.slice(0, 12),
      secretHash: bytesOf(id),
      // At most 100 are live.
      revokedAt: new Date(),
      createdById: users[i] ?? uuid(people.OWNER.userId),
    })),
  });
  await db.auditEvent.createMany({
    data: ids.flatMap((tokenId, i) => [
      { id: newId(), ...ofOrganization, actorKind: 'TOKEN' as const, tokenId, action: 'x', requestId: 'x' },
      { id: newId(), ...ofOrganization, actorKind: 'USER' as const, userId: users[i], action: 'x', requestId: 'x' },
    ]),
  });
}

/** By turns of a token and of a person. */
async function makeEvents(
  { server: { db }, organizationId, project }: World,
  deployments: readonly string[],
  { users, tokens }: { readonly users: readonly string[]; readonly tokens: readonly string[] },
): Promise<void> {
  const streamId = uuid(project.id);
  const { lastSequence } = await db.eventStream.update({
    where: { id: streamId },
    data: { lastSequence: { increment: deployments.length } },
  });
  const first = lastSequence - BigInt(deployments.length) + 1n;
  await db.event.createMany({
    data: deployments.map((subjectId, i) => ({
      ...{ id: newId(), organizationId: uuid(organizationId), streamId, sequence: first + BigInt(i), subjectId },
      ...{ type: 'deployment.ready', data: {}, actorId: users[i], actorTokenId: i % 2 === 0 ? tokens[i] : null },
    })),
  });
}

async function makeSessions({ server: { db }, people }: World, ids: readonly string[]): Promise<void> {
  const userId = uuid(people.OWNER.userId);
  const expiresAt = new Date(Date.now() + 60 * 60_000);
  await db.session.createMany({ data: ids.map((id) => ({ id, userId, token: id, expiresAt })) });
  const signedIn = { actorKind: 'USER' as const, userId, action: 'account.signedIn', requestId: 'x' };
  await db.auditEvent.createMany({ data: ids.map(() => ({ id: newId(), ...signedIn })) });
}

async function writeLogs({ server, organizationId, project, deploymentId }: World, count: number): Promise<void> {
  const id = uuid(deploymentId);
  const line = { at: new Date(), source: 'BUILD', message: 'A line.', deploymentId: id } as const;
  for (const stream of [buildLogOf(id), runtimeLogOf(uuid(project.environmentId))]) {
    await server.logs.append(stream, uuid(organizationId), Array<typeof line>(count).fill(line));
  }
}

function bytesOf(id: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(id);
}
