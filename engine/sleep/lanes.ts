import { isAsleep } from '@apployd/core/environment';
import type { Environment } from '@apployd/prisma/generated/client/client';

/** What is to sleep or to wake. */
export type Due = Pick<Environment, 'id' | 'organizationId' | 'desiredState' | 'observedState'>;

/** Each has places of its own: what is only frozen never waits for what has to be started. */
export type Lane = 'sleep' | 'light' | 'deep';

export function laneOf({ desiredState, observedState }: Due): Lane {
  if (isAsleep(desiredState)) return 'sleep';
  return observedState === 'LIGHT_SLEEP' ? 'light' : 'deep';
}

/**
 * Who of those that wait gets a place of a lane: in their order, but nobody of an organization that has half of the places,
 * also while others are free. A place is not taken back before its work is done, which an app may draw out for minutes: who
 * comes next is not to wait for that.
 */
export function admit<T extends Pick<Due, 'organizationId'>>(
  waiting: readonly T[],
  inside: readonly Pick<Due, 'organizationId'>[],
  places: number,
): readonly T[] {
  const share = Math.max(1, Math.floor(places / 2));
  const taken = new Map<string, number>();
  const enter = ({ organizationId }: Pick<Due, 'organizationId'>) =>
    taken.set(organizationId, (taken.get(organizationId) ?? 0) + 1);
  inside.forEach(enter);
  let free = places - inside.length;
  return waiting.filter((one) => {
    if (free <= 0 || (taken.get(one.organizationId) ?? 0) >= share) return false;
    free -= 1;
    enter(one);
    return true;
  });
}
