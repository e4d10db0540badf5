import type { ProjectEvent } from '@apployd/sdk';

/** Who did it, in a word. */
export function actorName(actor: ProjectEvent['actor']): string {
  if (actor === null) return 'Somebody who is gone';
  if (actor.__typename === 'SystemActor') return 'Apployd';
  return actor.__typename === 'ApiToken' ? `Token ${actor.name}` : actor.name;
}
