import { requestError } from '../request-error.js';
import type { AuditFilter } from './filter.js';

const known = ['actorId', 'actions', 'targetId', 'refused', 'since', 'until'];

/** The filter of an address. What is misspelt is refused: nobody wants all instead of some. */
export function filterIn(params: URLSearchParams): AuditFilter {
  const strange = [...params.keys()].find((key) => !known.includes(key));
  if (strange !== undefined) throw requestError('BAD_REQUEST', `Filter by ${known.join(', ')}; there is nothing else.`);
  return {
    actorId: params.get('actorId'),
    actions: params.has('actions') ? params.getAll('actions') : null,
    targetId: params.get('targetId'),
    refused: booleanIn(params, 'refused'),
    since: dateIn(params, 'since'),
    until: dateIn(params, 'until'),
  };
}

function booleanIn(params: URLSearchParams, key: string): boolean | null {
  const text = params.get(key);
  if (text === null) return null;
  if (text === 'true' || text === 'false') return text === 'true';
  throw requestError('BAD_REQUEST', `${key} is true or false.`, { field: key });
}

function dateIn(params: URLSearchParams, key: string): Date | null {
  const text = params.get(key);
  if (text === null) return null;
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw requestError('BAD_REQUEST', `${key} is a moment such as 2026-01-31T12:00:00.000Z.`, { field: key });
}
