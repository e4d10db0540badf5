import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  getOperationAST,
  Kind,
  visit,
  type DocumentNode,
  type ExecutionArgs,
  type OperationDefinitionNode,
} from 'graphql';
import { countFields } from './count-fields.js';

export type Cost = { readonly points: number; readonly depth: number; readonly mutations: number };

type Prepared = { readonly document: DocumentNode; readonly mutations: number };

const prepared = new WeakMap<OperationDefinitionNode, Prepared>();

/** What the operation may cost at most, by its document and variables. Throws what is wrong with the variables. */
export function costOf({ schema, document, operationName, variableValues, contextValue }: ExecutionArgs): Cost | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  const { document: counted, mutations } = prepared.get(operation) ?? prepare(document, operation);
  const variables = { ...variableValues };
  const { complexity, depth } = complexityFromQuery(counted, { schema, variables, ctx: contextValue as object });
  return { points: Math.max(1, Math.ceil(complexity)), depth, mutations };
}

/** The operation alone, with its fragments, and without what is free: the names of types. */
function prepare(document: DocumentNode, operation: OperationDefinitionNode): Prepared {
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const find = (name: string) => fragments.find((one) => one.name.value === name);
  const alone: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
  const counted = visit(alone, {
    Field: ({ name, selectionSet }) => (name.value === '__typename' && !selectionSet ? null : undefined),
  });
  const mutations = operation.operation === 'mutation' ? countFields(operation.selectionSet, find) : 0;
  const made = { document: counted, mutations };
  prepared.set(operation, made);
  return made;
}
