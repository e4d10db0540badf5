import { buildSchema, getNamedType, isLeafType, isObjectType, type GraphQLSchema } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../schema.js';
import { leafFields } from '../testing/leaf-fields.js';
import { readRule } from './read-rules.js';

const roots = ['Query', 'Mutation', 'Subscription'];

/** `Variable.value: variable:read` for each field of a type that gives a plain value. */
function leavesOf(of: GraphQLSchema): string[] {
  return Object.values(of.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => {
      const asks = roots.includes(type.name) ? null : readRule(type.name);
      return Object.values(type.getFields())
        .filter((field) => isLeafType(getNamedType(field.type)))
        .map((field) => `${type.name}.${field.name}: ${asks}`);
    })
    .sort();
}

const entered = Object.entries(leafFields)
  .flatMap(([type, { asks, fields }]) => fields.split(' ').map((field) => `${type}.${field}: ${asks}`))
  .sort();

test('every field with a plain value is entered in leaf-fields.ts, with who may read it', () => {
  expect(leavesOf(schema)).toEqual(entered);
});

test('a field that nobody has entered is found, in a list and behind a non-null too', () => {
  const more = buildSchema('type Query { secret: String, plan: Plan } type Plan { cost: [Int!]!, next: Plan }');
  expect(leavesOf(more).filter((leaf) => !entered.includes(leaf))).toEqual(['Plan.cost: null', 'Query.secret: null']);
});
