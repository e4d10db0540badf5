import type { OrganizationRole, TokenScope } from '@apployd/core/access';
import { newId, parsePublicId, publicId } from '@apployd/core/id';
import { GiB, MiB } from '@apployd/core/resources';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { hashSecret, newSecret } from '../secret.js';
import { hashTokenSecret, newTokenSecret, prefixOfToken } from '../token/secret.js';
import { mutate } from './client.js';
import type { TestServer } from './test-server.js';

export type Person = {
  readonly token: string;
  readonly email: string;
  readonly userId: string;
  readonly organizationId: string;
};

export const password = 'correct horse battery';

/** Somebody with an account, a session and an organization. */
export async function aPerson(server: TestServer, name = 'Ada'): Promise<Person> {
  const email = `${newId()}@example.com`;
  const selection = '... on AccountSignUpPayload { token organization { id } viewer { user { id } } }';
  const made = await mutate(server, undefined, 'accountSignUp', { name, email, password }, selection);
  return { email, token: made.token, userId: made.viewer.user.id, organizationId: made.organization.id };
}

/** Another person with an account, who is a member of the organization. */
export async function aMember(
  server: TestServer,
  { organizationId }: Pick<Person, 'organizationId'>,
  role: OrganizationRole,
): Promise<Person> {
  const person = await aPerson(server, role);
  const at = { organizationId: uuid(organizationId), userId: uuid(person.userId) };
  await server.db.membership.create({ data: { ...at, role } });
  return { ...person, organizationId };
}

/** Puts the person's organization on another plan: tests begin on HOBBY. */
export async function onPlan({ db }: TestServer, { organizationId }: Person, code: string): Promise<void> {
  await db.organization.update({ where: { id: uuid(organizationId) }, data: { plan: { connect: { code } } } });
}

export type MadeProject = { readonly id: string; readonly environmentId: string };

export const aSlice = { memoryBytes: 64 * MiB, cpuMillicores: 50, bandwidthBytesPerMonth: GiB };

/** A project with a repository and a small slice. */
export async function aProject(server: TestServer, person: Person, input: object = {}): Promise<MadeProject> {
  const made = await mutate(
    server,
    person.token,
    'projectCreate',
    {
      organizationId: person.organizationId,
      name: 'Shop',
      repositoryUrl: 'https://example.com/acme/shop.git',
      resources: aSlice,
      ...input,
    },
    '... on ProjectCreatePayload { project { id } productionEnvironment { id } }',
  );
  return { id: made.project.id, environmentId: made.productionEnvironment.id };
}

let number = 1_000;

/** A deployment's row, in any state; the engine is not there to bring it about. Gives the bare UUID. */
export async function aDeployment(
  { db }: TestServer,
  project: MadeProject,
  row: Partial<Prisma.DeploymentUncheckedCreateInput> = {},
): Promise<string> {
  const projectId = uuid(project.id);
  const { organizationId } = await db.project.findUniqueOrThrow({ where: { id: projectId } });
  const id = newId();
  const environmentId = uuid(project.environmentId);
  await db.deployment.create({
    data: {
      id,
      organizationId,
      projectId,
      environmentId,
      number: (number += 1),
      trigger: 'API',
      repositoryUrl: 'https://example.com/acme/shop.git',
      ...row,
    },
  });
  return id;
}

/** A deployment in a rollout, which is under way. Of an environment one is at work at a time: the one before it is over. */
export async function aRollout(server: TestServer, project: MadeProject): Promise<string> {
  const environmentId = uuid(project.environmentId);
  const atWork = { environmentId, status: { in: ['BUILDING', 'DEPLOYING'] } } satisfies Prisma.DeploymentWhereInput;
  await server.db.deployment.updateMany({ where: atWork, data: { status: 'FAILED' } });
  const deploymentId = await aDeployment(server, project, { status: 'DEPLOYING' });
  const select = { organizationId: true, environmentId: true } as const;
  const on = await server.db.deployment.findUniqueOrThrow({ where: { id: deploymentId }, select });
  const [startedAt, nextAt] = [new Date(), new Date(Date.now() + 600_000)];
  await server.db.rollout.create({ data: { ...on, deploymentId, settings: {}, percent: 5, startedAt, nextAt } });
  return publicId('Deployment', deploymentId);
}

/** Another environment of the project, as something to act on. */
export async function anEnvironment({ db }: TestServer, project: MadeProject): Promise<MadeProject> {
  const projectId = uuid(project.id);
  const { organizationId } = await db.project.findUniqueOrThrow({ where: { id: projectId } });
  const id = newId();
  const row = { id, organizationId, projectId, slug: id, kind: 'STAGING', hostname: `${id}.apps.test` } as const;
  await db.environment.create({ data: row });
  return { id: project.id, environmentId: publicId('Environment', id) };
}

/** A domain's row, in any state, in the project's environment; its id. */
export async function aDomain(
  { db }: TestServer,
  project: MadeProject,
  row: Partial<Prisma.DomainUncheckedCreateInput> = {},
): Promise<string> {
  const [projectId, environmentId] = [uuid(project.id), uuid(project.environmentId)];
  const { organizationId } = await db.project.findUniqueOrThrow({ where: { id: projectId } });
  const id = newId();
  const own = { id, organizationId, projectId, environmentId, name: `${id}.example`, proof: `proof-${id}` };
  await db.domain.create({ data: { ...own, ...row } });
  return publicId('Domain', id);
}

export async function aRelease({ db }: TestServer, project: MadeProject): Promise<string> {
  const projectId = uuid(project.id);
  const { organizationId, settings } = await db.project.findUniqueOrThrow({ where: { id: projectId } });
  const id = newId();
  await db.release.create({
    data: {
      id,
      organizationId,
      projectId,
      runtime: 'process',
      imageId: `sha256:${id}`,
      imageSizeBytes: 1,
      variablesVersion: 1,
      settingsVersion: 1,
      settings: settings ?? {},
    },
  });
  return id;
}

export function uuid(publicId: string): string {
  const parsed = parsePublicId(publicId);
  if (!parsed) throw new Error(`${publicId} is no id of ours.`);
  return parsed.id;
}

type TokenRow = { readonly scopes: readonly TokenScope[] } & Partial<
  Omit<Prisma.ApiTokenUncheckedCreateInput, 'scopes'>
>;

/** A token's row that acts for the person; its secret. */
export async function aToken({ db }: TestServer, person: Person, row: TokenRow): Promise<string> {
  const secret = newTokenSecret();
  await db.apiToken.create({
    data: {
      id: newId(),
      organizationId: uuid(person.organizationId),
      createdById: uuid(person.userId),
      name: 'ci',
      prefix: prefixOfToken(secret),
      secretHash: hashTokenSecret(secret),
      ...row,
      scopes: [...row.scopes],
    },
  });
  return secret;
}

/** An invitation's row into the person's organization, good for a week; its secret. */
export async function anInvitation(
  { db }: TestServer,
  person: Person,
  row: { readonly email: string } & Partial<Prisma.InvitationUncheckedCreateInput>,
): Promise<string> {
  const secret = newSecret();
  await db.invitation.create({
    data: {
      id: newId(),
      organizationId: uuid(person.organizationId),
      invitedById: uuid(person.userId),
      role: 'DEVELOPER',
      secretHash: hashSecret(secret),
      expiresAt: new Date(Date.now() + 7 * 24 * 60 * 60 * 1000),
      ...row,
    },
  });
  return secret;
}
