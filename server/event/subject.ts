import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { subjectKindOf } from '@apployd/core/event';
import type { Event } from '@apployd/prisma/generated/client/client';
import { UserNode } from '../account/schema.js';
import type { Context } from '../context.js';
import { DeploymentNode } from '../deployment/schema.js';
import { EnvironmentNode } from '../environment/schema.js';
import { OrganizationNode } from '../organization/schema.js';
import { ProjectNode } from '../project/schema.js';

/**
 * What an event is about, as it is now; null when it is gone. It is of the event's own project or organization, so whoever
 * sees the event sees it. Those of one kind that are asked for at one moment are looked up with one statement.
 */
export async function subjectOf(context: Context, info: GraphQLResolveInfo, { type, subjectId }: Event) {
  const typeName = subjectKindOf(type);
  if (typeName === null) return null;
  const find = { ...queryFromInfo({ context, info, typeName }), where: { id: subjectId } };
  if (typeName === 'Project') {
    const row = await context.db.project.findUnique(find);
    return row && ProjectNode.addBrand(row);
  }
  if (typeName === 'Environment') {
    const row = await context.db.environment.findUnique(find);
    return row && EnvironmentNode.addBrand(row);
  }
  if (typeName === 'Organization') {
    const row = await context.db.organization.findUnique(find);
    return row && OrganizationNode.addBrand(row);
  }
  if (typeName === 'User') {
    const row = await context.db.user.findUnique(find);
    return row && UserNode.addBrand(row);
  }
  const row = await context.db.deployment.findUnique(find);
  return row && DeploymentNode.addBrand(row);
}
