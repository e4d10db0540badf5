import type { Action } from '@apployd/core/access';
import {
  defaultFieldResolver,
  getNamedType,
  isCompositeType,
  isObjectType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import type { Context } from '../context.js';
import { requestError } from '../request-error.js';
import { fieldRule, readRule } from './read-rules.js';

type Resolver = GraphQLFieldResolver<unknown, Context>;

/** Puts the rule of each type in front of every field that gives it. A type without a rule stops the start. */
export function guardReads(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const given = getNamedType(field.type);
      if (!isCompositeType(given)) continue;
      const guard = guardOf(given.name, fieldRule(type.name, field.name, given.name));
      if (!guard) continue;
      if (field.subscribe) field.subscribe = guard(field.subscribe);
      else field.resolve = guard(field.resolve ?? defaultFieldResolver);
    }
  }
  return schema;
}

/** Null where nothing needs to be asked. */
function guardOf(typeName: string, action: Action | null): ((resolve: Resolver) => Resolver) | null {
  if (action === null) return null;
  return (resolve) => (parent, args, context, info) => {
    refuseLacking(context, typeName, action);
    return resolve(parent, args, context, info) as unknown;
  };
}

/** Throws FORBIDDEN when the viewer's token lacks the scope that reading this type takes. */
export function mustRead(context: Context, typeName: string): void {
  const action = readRule(typeName);
  if (action !== null) refuseLacking(context, typeName, action);
}

function refuseLacking({ viewer }: Context, typeName: string, action: Action): void {
  const missing = viewer?.lacks(action);
  if (!missing) return;
  if (missing === 'SESSION') {
    throw requestError('FORBIDDEN', `No token may read ${typeName}: sign in by e-mail and password.`);
  }
  const message = `This token lacks the scope ${missing} to read ${typeName}. Make one that has it.`;
  throw requestError('FORBIDDEN', message, { missingScope: missing });
}
