import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { UserNode } from '../account/schema.js';
import type { Context } from '../context.js';
import { ApiTokenNode } from '../token/schema.js';

/** Who did something, as a row keeps it. */
export type ActorIds = { readonly userId: string | null; readonly tokenId: string | null };

/**
 * The token that acted, or else the person; null when both are gone. All that are asked for at one moment are looked up
 * with one statement for each kind.
 */
export async function loadActor(context: Context, info: GraphQLResolveInfo, { userId, tokenId }: ActorIds) {
  const token = tokenId === null ? null : await loadToken(context, info, tokenId);
  return token ?? (userId === null ? null : loadUser(context, info, userId));
}

async function loadToken(context: Context, info: GraphQLResolveInfo, id: string) {
  const query = queryFromInfo({ context, info, typeName: 'ApiToken' });
  const row = await context.db.apiToken.findUnique({ ...query, where: { id } });
  return row && ApiTokenNode.addBrand(row);
}

async function loadUser(context: Context, info: GraphQLResolveInfo, id: string) {
  const query = queryFromInfo({ context, info, typeName: 'User' });
  const row = await context.db.user.findUnique({ ...query, where: { id } });
  return row && UserNode.addBrand(row);
}
