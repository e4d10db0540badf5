import type { FieldComplexityFunction } from '@pothos/plugin-complexity';
import { getNamedType, getNullableType, isLeafType, isListType } from 'graphql';
import type { Context } from './context.js';
import type { Cost } from './limit/cost-of.js';
import { missingSession, requestError } from './request-error.js';

export const costLimits = { depth: 12, points: 1_000, anonymousPoints: 100 } as const;
export const mutationCost = 10;
const defaultPage = 50;
const maxPage = 100;

/** Throws what is wrong with a document of this cost. Whose credentials were refused is told so by the fields themselves. */
export function checkCost({ viewer, refused }: Pick<Context, 'viewer' | 'refused'>, { points, depth }: Cost): void {
  if (depth > costLimits.depth) {
    const message = `This document is ${depth} levels deep; at most ${costLimits.depth} are allowed.`;
    throw requestError('QUERY_TOO_DEEP', message);
  }
  if (points > costLimits.points) {
    const message = `This document costs ${points} points; at most ${costLimits.points} are allowed. Ask for smaller pages with first.`;
    throw requestError('QUERY_TOO_COSTLY', message, { cost: points, limit: costLimits.points });
  }
  if (points > costLimits.anonymousPoints && !viewer && !refused) throw missingSession();
}

/** A scalar is free, an object costs 1, a mutation 10; what is inside a list counts once for each item it may hold. */
export const fieldCost: FieldComplexityFunction<Context, Record<string, unknown>> = (args, _context, field) => {
  const named = getNamedType(field.type);
  if (isLeafType(named)) return 0;
  if (named.name.endsWith('Result')) return mutationCost;
  if (named.name.endsWith('Connection')) return { field: 1, multiplier: pageSize(args) };
  if (Array.isArray(args.ids)) return { field: 1, multiplier: args.ids.length };
  // Their connection has been multiplied already.
  if (field.name === 'edges') return { field: 0, multiplier: 1 };
  if (field.name === 'nodes') return { field: 1, multiplier: 1 };
  return { field: 1, multiplier: isListType(getNullableType(field.type)) ? 10 : 1 };
};

/** Counting all rows costs 10, though it stands inside a page of 50 and is multiplied with it. */
export const totalCountCost = 10 / defaultPage;

/** Lines are plain text: reading them costs little beside finding them. */
export function logPageCost(args: { readonly first?: number | null; readonly last?: number | null }) {
  return { field: 10 + pageSize(args, { most: 500, usual: 100 }) / 10, multiplier: 0 };
}

/** It may open many lines to find few. */
export function logSearchCost(args: { readonly first?: number | null; readonly last?: number | null }) {
  return { field: 40 + pageSize(args, { most: 500, usual: 100 }) / 10, multiplier: 0 };
}

/** Refuses what no page can have. */
export function pageSize(
  { first, last }: Record<string, unknown>,
  { most = maxPage, usual = defaultPage } = {},
): number {
  for (const size of [first, last]) {
    if (size == null || (typeof size === 'number' && size >= 1 && size <= most)) continue;
    throw requestError('PAGE_SIZE', `A page has 1 to ${most} of them: give first or last within that.`, { most });
  }
  return Number(first ?? last ?? usual);
}
