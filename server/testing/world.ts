import { organizationRoles, type OrganizationRole } from '@apployd/core/access';
import { newId, publicId } from '@apployd/core/id';
import { GiB } from '@apployd/core/resources';
import {
  aDeployment,
  aMember,
  aPerson,
  aProject,
  aSlice,
  onPlan,
  uuid,
  type MadeProject,
  type Person,
} from './make.js';
import type { TestServer } from './test-server.js';

/** An organization with one person of each role, its things, and those around it. */
export type World = {
  readonly server: TestServer;
  readonly people: Readonly<Record<OrganizationRole, Person>>;
  readonly operator: Person;
  readonly stranger: Person;
  readonly organizationId: string;
  readonly project: MadeProject;
  readonly otherProject: MadeProject;
  readonly deploymentId: string;
  /** A number that was not given before. */
  readonly next: () => number;
};

/** The database has to be empty: who signs up first is its operator. */
export async function aWorld(server: TestServer): Promise<World> {
  const operator = await aPerson(server, 'Operator');
  const owner = await aPerson(server, 'Owner');
  await onPlan(server, owner, 'BUSINESS');
  const people = { OWNER: owner } as Record<OrganizationRole, Person>;
  for (const role of organizationRoles.slice(1)) people[role] = await aMember(server, owner, role);
  await aMemberRow(server, owner.organizationId, 'OWNER');
  const resources = { ...aSlice, memoryBytes: 16 * GiB, cpuMillicores: 16_000 };
  const project = await aProject(server, owner, { slug: 'secret', resources });
  let given = 0;
  return {
    server,
    people,
    operator,
    stranger: await aPerson(server, 'Stranger'),
    organizationId: owner.organizationId,
    project,
    otherProject: await aProject(server, owner, { name: 'Other' }),
    deploymentId: publicId('Deployment', await aDeployment(server, project)),
    next: () => (given += 1),
  };
}

/** Everybody has the role again that they had. */
export async function restoreRoles({ server, people, organizationId }: World): Promise<void> {
  for (const [role, { userId }] of Object.entries(people) as [OrganizationRole, Person][]) {
    const at = { organizationId: uuid(organizationId), userId: uuid(userId) };
    await server.db.membership.upsert({
      where: { organizationId_userId: at },
      create: { ...at, role },
      update: { role },
    });
  }
}

/** A member who never signs in: their id. */
export async function aMemberRow({ db }: TestServer, organizationId: string, role: OrganizationRole): Promise<string> {
  const userId = await aUserRow({ db });
  await db.membership.create({ data: { organizationId: uuid(organizationId), userId: uuid(userId), role } });
  return userId;
}

export async function aUserRow({ db }: Pick<TestServer, 'db'>): Promise<string> {
  const id = newId();
  await db.user.create({ data: { id, name: 'Somebody', email: `${id}@example.com` } });
  return publicId('User', id);
}
