import type { Source, SourceReference } from './source.js';

/** Hands every reference to the source of its kind. */
export function anySource(sources: Readonly<Record<SourceReference['kind'], Source>>): Source {
  return {
    fetch: (reference, into, log, signal) => sources[reference.kind].fetch(reference, into, log, signal),
  };
}
