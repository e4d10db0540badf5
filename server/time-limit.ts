import { getOperationAST, type ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from './context.js';
import { requestError } from './request-error.js';

export type TimeLimits = {
  readonly queryMs: number;
  readonly mutationMs: number;
  /** Until a document has arrived whole. */
  readonly bodyMs?: number;
};

type Result = Awaited<ReturnType<Parameters<NonNullable<Plugin['onExecute']>>[0]['executeFn']>>;

/**
 * Ends an operation that takes too long with TIMEOUT, and a query whose client has gone: no further field is resolved.
 * Statements that run end by the database's own timeout. A mutation is brought to its end, whoever listens.
 */
export function timeLimit({ queryMs, mutationMs }: TimeLimits): Plugin<Context> {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const isMutation = getOperationAST(args.document, args.operationName)?.operation === 'mutation';
      const ending = new AbortController();
      if (!isMutation) (args.contextValue as Context).onLeave(() => ending.abort(gone()));
      const execute = async (given: ExecutionArgs) => (await executeFn(signalled(given, ending.signal))) as Result;
      setExecuteFn((given) => within(isMutation ? mutationMs : queryMs, ending, () => execute(given)));
    },
  };
}

/** The executor listens to it, though its type does not say so. */
function signalled(args: ExecutionArgs, signal: AbortSignal): ExecutionArgs {
  return Object.assign(args, { signal });
}

async function within(ms: number, ending: AbortController, work: () => Promise<Result>): Promise<Result> {
  const late = () =>
    ending.abort(requestError('TIMEOUT', `This took longer than ${ms / 1000} s. Ask for less at once.`));
  const timer = setTimeout(late, ms);
  try {
    return await work();
  } catch (error) {
    if (!ending.signal.aborted || error !== ending.signal.reason) throw error;
    return { errors: [ending.signal.reason] } as Result;
  } finally {
    clearTimeout(timer);
  }
}

/** Nobody reads it. */
function gone() {
  return requestError('TIMEOUT', 'The client has gone.');
}
