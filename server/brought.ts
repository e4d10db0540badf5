import { parsePublicId } from '@apployd/core/id';
import { maskedText } from '@apployd/backplane/logs/mask-text';
import { secretIndex } from '@apployd/backplane/logs/secret-index';

type Params = { readonly query?: string | null; readonly variables?: unknown };

/** What a request says in strings. Which of them are secret nobody knows when one stands in the wrong field. */
export type Brought = { params: Params };

/** Takes out of a text about an error what the request itself said, but for ids of ours. */
export function withoutBrought({ params }: Brought): (text: string) => string {
  const said = [...stringsIn(params.variables), ...literalsIn(params.query ?? '')];
  const index = secretIndex(said.filter((text) => parsePublicId(text) === null));
  return (text) => maskedText(index, text);
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** Also of a document that cannot be parsed. As they stand there, and as they are meant. */
function literalsIn(query: string): string[] {
  return [...query.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].flatMap(([literal, text = '']) => [text, meantBy(literal)]);
}

function meantBy(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}
