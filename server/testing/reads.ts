import type { Action } from '@apployd/core/access';
import { publicId } from '@apployd/core/id';
import { aMemberRow, type World } from './world.js';
import { aDomain, anInvitation, aToken, uuid } from './make.js';

/** How something is reached, and who reads it. */
export type Read = {
  /** An action of core/access.ts. `member`: whoever is in the organization, with any token. */
  readonly asks: Action | 'member';
  /** A token for one project of the organization reads it too: it is the organization's as a whole. */
  readonly isWhole?: boolean;
};

/** A thing of every type that has an id of its own. */
export async function nodesOf(world: World): Promise<Readonly<Record<string, Read & { readonly id: string }>>> {
  const { server, organizationId, project, people, deploymentId } = world;
  const { db } = server;
  const organization = uuid(organizationId);
  const email = 'node@example.com';
  await anInvitation(server, people.OWNER, { email });
  await aToken(
    server,
    { ...people.OWNER, userId: await aMemberRow(server, organizationId, 'ADMIN') },
    {
      scopes: ['DEPLOY'],
      name: 'node',
    },
  );
  const invitation = await db.invitation.findFirstOrThrow({ where: { email } });
  const token = await db.apiToken.findFirstOrThrow({ where: { name: 'node' } });
  const event = await db.auditEvent.findFirstOrThrow({ where: { organizationId: organization } });
  const happened = await db.event.findFirstOrThrow({ where: { streamId: uuid(project.id) } });
  const ofAll = await db.event.findFirstOrThrow({ where: { streamId: organization } });
  const allocation = await db.allocation.findUniqueOrThrow({ where: { projectId: uuid(project.id) } });
  const { planId } = await db.organization.findUniqueOrThrow({ where: { id: organization } });
  // One that can be chosen is everybody's.
  await db.plan.update({ where: { id: planId }, data: { isSelectable: false } });
  return {
    Organization: { id: organizationId, asks: 'organization:read', isWhole: true },
    User: { id: people.VIEWER.userId, asks: 'member', isWhole: true },
    Plan: { id: publicId('Plan', planId), asks: 'member', isWhole: true },
    Invitation: { id: publicId('Invitation', invitation.id), asks: 'invitation:read' },
    ApiToken: { id: publicId('ApiToken', token.id), asks: 'token:read' },
    AuditEvent: { id: publicId('AuditEvent', event.id), asks: 'audit:read' },
    Project: { id: project.id, asks: 'project:read' },
    Allocation: { id: publicId('Allocation', allocation.id), asks: 'project:read' },
    Environment: { id: project.environmentId, asks: 'project:read' },
    Deployment: { id: deploymentId, asks: 'project:read' },
    Domain: { id: await aDomain(server, project), asks: 'project:read' },
    ProjectEvent: { id: publicId('ProjectEvent', happened.id), asks: 'project:read' },
    OrganizationEvent: { id: publicId('OrganizationEvent', ofAll.id), asks: 'billing:read' },
  };
}

/** Fields of these types that not every role sees: null for the others. */
export const fieldsByRole: Readonly<Record<string, Action>> = {
  'Organization.invitations': 'invitation:read',
  'Organization.auditLog': 'audit:read',
  'Organization.billing': 'billing:read',
  'Organization.events': 'billing:read',
};

type Root = Read & { readonly document: string };

/** Every query that is about something of an organization; null: it is not. */
export function queriesOf(
  { organizationId, project, deploymentId }: World,
  slug: string,
): Readonly<Record<string, readonly Root[] | null>> {
  const organization = { asks: 'organization:read', isWhole: true } as const;
  const ofProject = { asks: 'project:read' } as const;
  return {
    viewer: null,
    invitation: null,
    plans: null,
    platform: null,
    // Of each type: see nodesOf.
    node: null,
    nodes: [{ document: `nodes(ids: ["${project.id}", "${deploymentId}"]) { id }`, ...ofProject }],
    organization: [
      { document: `organization(by: { id: "${organizationId}" }) { id }`, ...organization },
      { document: `organization(by: { slug: "${slug}" }) { id }`, ...organization },
    ],
    project: [
      { document: `project(by: { id: "${project.id}" }) { id }`, ...ofProject },
      { document: `project(by: { path: "${slug}/secret" }) { id }`, ...ofProject },
    ],
    environment: [{ document: `environment(id: "${project.environmentId}") { id }`, ...ofProject }],
    deployment: [{ document: `deployment(id: "${deploymentId}") { id }`, ...ofProject }],
  };
}

export function subscriptionsOf({ organizationId, project, deploymentId }: World): Readonly<Record<string, Root>> {
  return {
    deploymentChanged: { document: `deploymentChanged(id: "${deploymentId}") { id }`, asks: 'project:read' },
    projectChanged: {
      document: `projectChanged(organizationId: "${organizationId}") { id }`,
      asks: 'project:read',
      isWhole: true,
    },
    buildLogs: { document: `buildLogs(deploymentId: "${deploymentId}") { __typename }`, asks: 'log:read' },
    environmentLogs: {
      document: `environmentLogs(environmentId: "${project.environmentId}") { __typename }`,
      asks: 'log:read',
    },
    projectEvents: { document: `projectEvents(projectId: "${project.id}") { __typename }`, asks: 'project:read' },
    organizationEvents: {
      document: `organizationEvents(organizationId: "${organizationId}") { __typename }`,
      asks: 'billing:read',
    },
  };
}
