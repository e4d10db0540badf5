import { newId, parsePublicId, publicId } from '@apployd/core/id';

const anId = /\b[a-z]{3}_[0-9a-z]{26}\b/g;

/** The same, about things that are not there. */
export function ofMissing<T>(input: T): T {
  const missing = (id: string) => {
    const parsed = parsePublicId(id);
    return parsed ? publicId(parsed.kind, newId()) : id;
  };
  return JSON.parse(JSON.stringify(input).replace(anId, missing)) as T;
}

/** An answer without the ids that it says again. */
export function withoutIds(text: string): string {
  return text.replace(anId, 'ID');
}
