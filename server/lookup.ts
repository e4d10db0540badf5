import { idOf, parsePublicId, type IdKind } from '@apployd/core/id';
import { NotFoundError } from '@apployd/core/refusal';

/** The UUID behind an id from outside; an id of another kind, or of nothing, is not found. */
export function requireId(kind: IdKind, publicId: string): string {
  const id = idOf(kind, publicId);
  // What is no id at all is not said again: it may be anything.
  if (id === null) throw new NotFoundError(kind.toLowerCase(), parsePublicId(publicId) && publicId);
  return id;
}

/** The row, or the refusal that does not tell a missing one from a foreign one. */
export function found<T>(kind: IdKind, publicId: string, row: T | null): T {
  if (row === null) throw new NotFoundError(kind.toLowerCase(), publicId);
  return row;
}
