import { batched } from '@apployd/backplane/batched';
import type { Db } from '@apployd/prisma/create-db';
import { placesInQueue, type Place } from '@apployd/prisma/deployment-queue';

/** Where a deployment stands; null once it is over. */
export type Places = (deploymentId: string) => Promise<Place | null>;

/** All that are asked for at one moment are looked up with one statement. */
export function places(db: Db): Places {
  return batched(async (ids) => {
    const found = new Map((await placesInQueue(db, ids)).map((place) => [place.id, place]));
    return (id) => found.get(id) ?? null;
  });
}

/**
 * When it is likely to be READY: what its kind usually takes, once those before it have taken as long. Null where nothing is
 * known.
 */
export function likelyReadyAt(place: Place, startedAt: Date | null, now: Date): Date | null {
  const { usualMs } = place;
  if (usualMs === null) return null;
  const at = startedAt ? startedAt.getTime() + usualMs : now.getTime() + (turnsBefore(place) + 1) * usualMs;
  return new Date(Math.max(at, now.getTime()));
}

/**
 * How many times a slot must become free before it has one: of its environment one at a time, of its organization's builds as
 * many as the plan allows, of the platform all of them.
 */
function turnsBefore({ position, before, planTurns, works, slots }: Place): number {
  if (position === null) return 0;
  return Math.max(before, planTurns, Math.ceil(Math.max(0, works + position - slots) / Math.max(1, slots)));
}
