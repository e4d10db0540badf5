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

/** What became of an operation that was answered with TIMEOUT before. */
type OnLate = (result: Result, context: Context) => void;

/**
 * Answers an operation that takes too long with TIMEOUT, and ends a query whose client has gone: no further field is
 * resolved. Statements that run end by the database's own timeout. A field of a mutation is brought to its end, whoever
 * listens: `onLate` is told.
 */
export function timeLimit({ queryMs, mutationMs }: TimeLimits, onLate: OnLate): Plugin<Context> {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const isMutation = getOperationAST(args.document, args.operationName)?.operation === 'mutation';
      const ending = new AbortController();
      const context = args.contextValue as Context;
      if (!isMutation) context.onLeave(() => ending.abort(gone()));
      const execute = async (given: ExecutionArgs) => {
        const result = (await executeFn(signalled(given, ending.signal))) as Result;
        if (ending.signal.aborted) onLate(result, context);
        return result;
      };
      const limit = isMutation
        ? { ms: mutationMs, advice: askAgain }
        : { ms: queryMs, advice: 'Ask for less at once.' };
      setExecuteFn((given) => within(limit, ending, () => execute(given)));
    },
  };
}

/** The executor listens to it, though its type does not say so. */
function signalled(args: ExecutionArgs, signal: AbortSignal): ExecutionArgs {
  return Object.assign(args, { signal });
}

const askAgain =
  'It may be done yet: look, or send it again with the same idempotencyKey, which tells how it ended and does nothing twice.';

type Limit = { readonly ms: number; readonly advice: string };

async function within({ ms, advice }: Limit, ending: AbortController, work: () => Promise<Result>): Promise<Result> {
  const late = () => ending.abort(requestError('TIMEOUT', `This took longer than ${ms / 1000} s. ${advice}`));
  const timer = setTimeout(late, ms);
  const working = work();
  // When it is answered before, nobody waits for how it ends.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, aborted(ending.signal)]);
  } catch (error) {
    if (!ending.signal.aborted || error !== ending.signal.reason) throw error;
    return { errors: [ending.signal.reason] } as Result;
  } finally {
    clearTimeout(timer);
  }
}

/** The executor ends a query at once, but not a field of a mutation. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** Nobody reads it. */
function gone() {
  return requestError('TIMEOUT', 'The client has gone.');
}
