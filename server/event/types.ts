import { isEventTypePattern } from '@apployd/core/event';
import { Prisma } from '@apployd/prisma/generated/client/client';
import { requestError } from '../request-error.js';

const mostTypes = 50;

/** Which events are wanted: whole types, and the first words of those that end with `.*`. */
export type EventTypes = { readonly exact: readonly string[]; readonly nouns: readonly string[] };

/** Null: all of them. Throws what is wrong with a list. */
export function eventTypes(wanted: readonly string[] | null | undefined): EventTypes | null {
  if (!wanted) return null;
  if (wanted.length === 0 || wanted.length > mostTypes) {
    throw requestError('BAD_REQUEST', `Name 1 to ${mostTypes} types of events, or leave types out for all of them.`);
  }
  for (const type of wanted) {
    if (isEventTypePattern(type)) continue;
    const message = `${JSON.stringify(type.slice(0, 80))} is no type of events. Write one like deployment.ready, or deployment.* for all of a deployment.`;
    throw requestError('BAD_REQUEST', message);
  }
  const [exact, nouns] = [wanted.filter((type) => !type.endsWith('.*')), wanted.filter((type) => type.endsWith('.*'))];
  return { exact, nouns: nouns.map((type) => type.slice(0, -2)) };
}

export function whereTypes(types: EventTypes | null): Prisma.Sql {
  if (types === null) return Prisma.sql`true`;
  return Prisma.sql`("type" = ANY(${types.exact as string[]}) OR split_part("type", '.', 1) = ANY(${types.nouns as string[]}))`;
}
