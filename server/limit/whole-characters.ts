import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request-error.js';

/**
 * Refuses texts that hold half of a character: JSON can say it, UTF-8 cannot, and the database keeps nothing else. The
 * parser sees to those that stand in the document itself.
 */
export function wholeCharacters(): Plugin {
  const check = ({ args }: { readonly args: ExecutionArgs }) => {
    const place = halfIn(args.variableValues, []);
    if (!place) return;
    const field = place.join('.');
    throw requestError('BAD_REQUEST', `${field} holds half of a character (a lone surrogate). Send whole ones.`, {
      field,
    });
  };
  return { onExecute: check as Plugin['onExecute'], onSubscribe: check as Plugin['onSubscribe'] };
}

const half = /\p{Surrogate}/u;

function halfIn(value: unknown, at: readonly string[]): readonly string[] | null {
  if (typeof value === 'string') return half.test(value) ? at : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    const found = halfIn(inner, [...at, name]);
    if (found) return found;
  }
  return null;
}
