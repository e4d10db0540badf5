import {
  createSourceEventStream,
  execute,
  getOperationAST,
  Kind,
  visit,
  type ASTNode,
  type ExecutionArgs,
  type ExecutionResult,
  type OperationDefinitionNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { mapEach } from './map-each.js';

type Result = ExecutionResult & { readonly stringify?: () => string };

/** Subscriptions whose messages say the same to everybody who may read them at all. */
const sameForAll: ReadonlySet<string> = new Set(['buildLogs', 'environmentLogs']);

/** So many documents share a batch's results; one of another spelling has them made for it alone, and kept by nobody. */
const mostSpellings = 3;

/**
 * When many follow one log with the same document, each of its batches is executed, and written as JSON, once for all of
 * them. Access is no part of that: it is asked when a stream begins and while it goes on, for each alone.
 */
export function shareResults(): Plugin {
  const results = new WeakMap<object, Map<OperationDefinitionNode, Result>>();

  function resultOf(args: ExecutionArgs, operation: OperationDefinitionNode, event: unknown) {
    const execution = () => execute({ ...args, rootValue: event }) as Result | Promise<Result>;
    if (typeof event !== 'object' || event === null) return execution();
    const ofEvent = results.get(event) ?? new Map<OperationDefinitionNode, Result>();
    results.set(event, ofEvent);
    const known = ofEvent.get(operation);
    if (known) return known;
    const result = execution();
    const isKept = ofEvent.size < mostSpellings && !(result instanceof Promise) && !result.errors;
    if (isKept) ofEvent.set(operation, writtenOnce(result));
    return result;
  }

  return {
    onSubscribe({ args: { document, operationName }, setSubscribeFn }) {
      const operation = getOperationAST(document, operationName);
      if (!operation || !isSameForAll(document.definitions, operation)) return;
      setSubscribeFn(async (args: ExecutionArgs) => {
        const source = await createSourceEventStream(args);
        if (!(Symbol.asyncIterator in source)) return source;
        return mapEach(source, (event) => resultOf(args, operation, event));
      });
    },
  };
}

/** Yoga writes a result with its own `stringify`, where it has one. */
function writtenOnce(result: ExecutionResult): Result {
  let text: string | undefined;
  return Object.defineProperty(result, 'stringify', { value: () => (text ??= JSON.stringify(result)) });
}

const judged = new WeakMap<OperationDefinitionNode, boolean>();

function isSameForAll(definitions: readonly ASTNode[], operation: OperationDefinitionNode): boolean {
  const known = judged.get(operation);
  if (known !== undefined) return known;
  const isSame = judge(definitions, operation);
  judged.set(operation, isSame);
  return isSame;
}

/** Variables may say which log, and where to begin; but nothing of what is told. */
function judge(definitions: readonly ASTNode[], { selectionSet }: OperationDefinitionNode): boolean {
  const [field, ...more] = selectionSet.selections;
  if (field?.kind !== Kind.FIELD || more.length > 0 || !sameForAll.has(field.name.value)) return false;
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return ![...(field.directives ?? []), field.selectionSet, ...fragments].some((node) => node && hasVariables(node));
}

function hasVariables(node: ASTNode): boolean {
  let has = false;
  visit(node, { Variable: () => void (has = true) });
  return has;
}
