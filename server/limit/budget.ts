import type { ExecutionArgs, ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.js';
import { checkCost } from '../cost.js';
import { costOf } from './cost-of.js';
import type { Paid } from './rates.js';

/**
 * Refuses what is too deep or too costly, and charges the rest before any of it runs: over HTTP and over sockets. What was
 * charged for empty places of a page is given back.
 */
export function budget(): Plugin<Context> {
  return {
    onExecute: async ({ args }) => {
      const context = args.contextValue as Context;
      await charge(context, args);
      return {
        onExecuteDone: async ({ result, setResult }) => {
          if (Symbol.asyncIterator in result) return;
          const paid = await settle(context, result);
          if (paid) setResult({ ...result, extensions: { ...result.extensions, cost: shown(paid) } });
        },
      };
    },
    onSubscribe: async ({ args }) => {
      const context = args.contextValue as Context;
      await charge(context, args as ExecutionArgs);
      await context.rates.subscription(context);
    },
  };
}

async function charge(context: Context, args: ExecutionArgs): Promise<void> {
  const cost = costOf(args);
  if (!cost) return;
  checkCost(context, cost);
  context.paid = await context.rates.charge(context, cost);
  tell(context, context.paid);
}

/** What went wrong altogether is paid in full: it may have been the dearest of all. */
async function settle(context: Context, { data }: ExecutionResult): Promise<Paid | null> {
  if (!context.paid) return null;
  if (!data || context.paid.points === context.paid.least) return context.paid;
  // All but the answer itself.
  const paid = await context.rates.settle(context.paid, objectsIn(data) - 1);
  tell(context, paid);
  return paid;
}

function objectsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, inner) => sum + objectsIn(inner), 0);
  let count = 1;
  // Nothing is inherited here; a list of the values would be made for each object.
  for (const name in value) count += objectsIn((value as Readonly<Record<string, unknown>>)[name]);
  return count;
}

function tell({ setHeader }: Context, { remaining, bucket: { capacity, perSecond } }: Paid): void {
  setHeader('ratelimit-limit', String(capacity));
  setHeader('ratelimit-remaining', String(remaining));
  setHeader('ratelimit-reset', String(Math.ceil((capacity - remaining) / perSecond)));
}

function shown({ points, remaining, bucket: { perSecond } }: Paid) {
  return { charged: points, remaining, restorePerSecond: perSecond };
}
