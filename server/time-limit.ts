import { getOperationAST, type ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from './request-error.js';

export type TimeLimits = {
  readonly queryMs: number;
  readonly mutationMs: number;
  /** Until a document has arrived whole. */
  readonly bodyMs?: number;
};

/** Answers TIMEOUT when an operation takes too long; its statements end by the database's own timeout. */
export function timeLimit({ queryMs, mutationMs }: TimeLimits): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const operation = getOperationAST(args.document, args.operationName);
      const ms = operation?.operation === 'mutation' ? mutationMs : queryMs;
      setExecuteFn((given) => resultWithin(ms, Promise.resolve(executeFn(given))));
    },
  };
}

async function resultWithin<T>(ms: number, result: Promise<T>): Promise<T | ExecutionResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ExecutionResult>((resolve) => {
    const error = requestError('TIMEOUT', `This took longer than ${ms / 1000} s. Ask for less at once.`);
    timer = setTimeout(() => resolve({ errors: [error] }), ms);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
