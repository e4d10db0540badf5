import type { ComplexityErrorFn, FieldComplexityFunction } from '@pothos/plugin-complexity';
import { getNamedType, getNullableType, isLeafType, isListType } from 'graphql';
import type { Context } from './context.js';
import { missingSession, requestError } from './request-error.js';

const maxDepth = 12;
const maxCost = 1_000;
/** Room for signing up as Apollo spells it, where every `__typename` counts 1. */
const maxAnonymousCost = 150;
const defaultPage = 50;

/** Whose credentials were refused is told so, rather than that the document is too costly for nobody. */
export const costLimits = ({ viewer, refused }: Context) => ({
  depth: maxDepth,
  complexity: viewer || refused ? maxCost : maxAnonymousCost,
});

/** A scalar is free, an object costs 1, a mutation 10; what is inside a list counts once for each item it may hold. */
export const fieldCost: FieldComplexityFunction<Context, Record<string, unknown>> = (args, _context, field) => {
  const named = getNamedType(field.type);
  if (isLeafType(named)) return 0;
  if (named.name.endsWith('Result')) return 10;
  if (named.name.endsWith('Connection')) return { field: 1, multiplier: pageSize(args) };
  if (Array.isArray(args.ids)) return { field: 1, multiplier: args.ids.length };
  // Their connection has been multiplied already.
  if (field.name === 'edges') return { field: 0, multiplier: 1 };
  if (field.name === 'nodes') return { field: 1, multiplier: 1 };
  return { field: 1, multiplier: isListType(getNullableType(field.type)) ? 10 : 1 };
};

export const complexityError: ComplexityErrorFn = (kind, { depth, complexity, maxComplexity = maxCost }) => {
  if (String(kind) === 'Depth') {
    return requestError('QUERY_TOO_DEEP', `This document is ${depth} levels deep; at most ${maxDepth} are allowed.`);
  }
  if (complexity <= maxCost) return missingSession();
  const message = `This document costs ${complexity} points; at most ${maxComplexity} are allowed. Ask for smaller pages with first.`;
  return requestError('QUERY_TOO_COSTLY', message, { cost: complexity, limit: maxComplexity });
};

/** Counting all rows costs 10, though it stands inside a page of 50 and is multiplied with it. */
export const totalCountCost = 10 / defaultPage;

/** Lines are plain text: reading them costs little beside finding them. */
export function logPageCost({ first, last }: { readonly first?: number | null; readonly last?: number | null }) {
  return { field: 10 + (last ?? first ?? 100) / 10, multiplier: 0 };
}

function pageSize({ first, last }: Record<string, unknown>): number {
  const size = first ?? last ?? defaultPage;
  return typeof size === 'number' && size > 0 ? size : 1;
}
