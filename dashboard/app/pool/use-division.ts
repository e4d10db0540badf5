import { useMemo, useState } from 'react';
import type { Organization } from '../shell/organization-context.js';
import { mapResources, type ResourceName, resourceKinds, resourceNames, type Resources } from './resources.js';

export type Slices = Readonly<Record<string, Resources>>;
export type Change = {
  readonly projectId: string;
  readonly name: string;
  readonly resource: ResourceName;
  readonly from: number;
  readonly to: number;
};

/** The division of the pool while it is edited: nothing applies before it is sent. */
export function useDivision({ pool }: Organization) {
  const saved = useMemo<Slices>(
    () => Object.fromEntries(pool.allocations.map(({ project, limits }) => [project.id, limits])),
    [pool],
  );
  const [edits, setEdits] = useState<Slices>({});
  const slices = useMemo<Slices>(() => mapSlices(saved, (id) => edits[id] ?? saved[id]), [saved, edits]);
  const free = mapResources((name) => pool.total[name] - sum(slices, name));

  const set = (id: string, resource: ResourceName, wanted: number) =>
    setEdits((before) => {
      const now = mapSlices(saved, (each) => before[each] ?? saved[each]);
      const own = now[id]?.[resource] ?? 0;
      const room = Math.min(pool.total[resource] - sum(now, resource) + own, pool.largestSlice[resource]);
      return put(before, now, id, resource, stepped(resource, Math.min(wanted, room), room));
    });

  /** Moves the divider behind a basin: what one gets its neighbour loses, or what nobody holds. */
  const trade = (id: string, neighbour: string | undefined, resource: ResourceName, delta: number) =>
    setEdits((before) => {
      const now = mapSlices(saved, (each) => before[each] ?? saved[each]);
      const { least } = resourceKinds[resource];
      const own = now[id]?.[resource] ?? 0;
      const other =
        neighbour === undefined ? pool.total[resource] - sum(now, resource) : (now[neighbour]?.[resource] ?? 0);
      const otherLeast = neighbour === undefined ? 0 : least;
      const most = pool.largestSlice[resource];
      const grow = Math.min(delta, other - otherLeast, most - own);
      const moved = neighbour === undefined ? Math.max(grow, least - own) : Math.max(grow, least - own, other - most);
      const first = put(before, now, id, resource, own + moved);
      return neighbour === undefined ? first : put(first, now, neighbour, resource, other - moved);
    });

  const changes: readonly Change[] = pool.allocations.flatMap(({ project }) =>
    resourceNames.flatMap((resource) => {
      const from = saved[project.id]?.[resource] ?? 0;
      const to = slices[project.id]?.[resource] ?? 0;
      return from === to ? [] : [{ projectId: project.id, name: project.slug, resource, from, to }];
    }),
  );
  return { slices, saved, free, changes, set, trade, discard: () => setEdits({}) };
}

const mapSlices = (saved: Slices, of: (id: string) => Resources | undefined): Slices =>
  Object.fromEntries(Object.keys(saved).map((id) => [id, of(id) ?? mapResources(() => 0)]));

const sum = (slices: Slices, resource: ResourceName) =>
  Object.values(slices).reduce((total, one) => total + one[resource], 0);

function put(edits: Slices, now: Slices, id: string, resource: ResourceName, amount: number): Slices {
  const before = edits[id] ?? now[id];
  return before ? { ...edits, [id]: { ...before, [resource]: amount } } : edits;
}

/** To a whole step, unless the room ends before it. */
function stepped(resource: ResourceName, amount: number, room: number): number {
  const { step, least } = resourceKinds[resource];
  if (amount >= room) return Math.max(least, room);
  return Math.max(least, Math.round(amount / step) * step);
}
