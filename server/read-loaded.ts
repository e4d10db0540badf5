import { publicId, type IdKind } from '@apployd/core/id';
import { isObjectType, type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import type { Context } from './context.js';

type Resolver = GraphQLFieldResolver<Row, Context>;
type Row = Readonly<Record<string, unknown>>;

/**
 * Reads columns and ids from rows that have them already. Of their own, those fields ask for every row whether the plan of
 * its statement holds them, and make a promise for every id, behind which the rest of its row has to wait.
 */
export function readLoaded(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.extensions.pothosPrismaModel) continue;
    const isNode = type.getInterfaces().some(({ name }) => name === 'Node');
    for (const field of Object.values(type.getFields()) as GraphQLField<Row, Context>[]) {
      const { resolve, extensions } = field;
      if (!resolve) continue;
      if (isNode && field.name === 'id') field.resolve = idOr(type.name as IdKind, resolve);
      else if (isColumn(extensions)) field.resolve = columnOr(extensions.pothosPrismaVariant, resolve);
    }
  }
  return schema;
}

/** Made by `expose` of a type that selects its columns one by one. */
function isColumn(extensions: GraphQLField<Row, Context>['extensions']): extensions is { pothosPrismaVariant: string } {
  const { pothosPrismaVariant: column, pothosPrismaSelect: select } = extensions;
  return typeof column === 'string' && (select as Row | undefined)?.[column] === true;
}

/** A column that was selected is null or a value, never undefined: then the row is read again, as ever. */
function columnOr(column: string, load: Resolver): Resolver {
  return (row, args, context, info) => {
    const value = row[column];
    return value === undefined ? load(row, args, context, info) : value;
  };
}

function idOr(kind: IdKind, load: Resolver): Resolver {
  return (row, args, context, info) => {
    const { id } = row;
    return typeof id === 'string' ? publicId(kind, id) : load(row, args, context, info);
  };
}
