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

/** Only what was edited: what others change meanwhile of the rest is not taken back. */
type Edits = Readonly<Record<string, Partial<Resources>>>;

/** The division of the pool while it is edited: nothing applies before it is sent. */
export function useDivision({ pool }: Organization) {
  const saved = useMemo<Slices>(
    () => Object.fromEntries(pool.allocations.map(({ project, limits }) => [project.id, limits])),
    [pool],
  );
  const [edits, setEdits] = useState<Edits>({});
  const slices = useMemo(() => edited(saved, edits), [saved, edits]);
  const free = mapResources((name) => pool.total[name] - sum(slices, name));

  const set = (id: string, resource: ResourceName, wanted: number) =>
    setEdits((before) => {
      const now = edited(saved, before);
      const own = now[id]?.[resource] ?? 0;
      const room = Math.min(pool.total[resource] - sum(now, resource) + own, pool.largestSlice[resource]);
      return put(before, id, resource, stepped(resource, Math.min(wanted, room), room));
    });

  /** Moves the divider behind a basin: what one gets its neighbour loses, or what nobody holds. */
  const trade = (id: string, neighbour: string | undefined, resource: ResourceName, delta: number) =>
    setEdits((before) => {
      const now = edited(saved, before);
      const { least } = resourceKinds[resource];
      const own = now[id]?.[resource] ?? 0;
      const other =
        neighbour === undefined ? pool.total[resource] - sum(now, resource) : (now[neighbour]?.[resource] ?? 0);
      const otherLeast = neighbour === undefined ? 0 : least;
      const most = pool.largestSlice[resource];
      const grow = Math.min(delta, other - otherLeast, most - own);
      const moved = neighbour === undefined ? Math.max(grow, least - own) : Math.max(grow, least - own, other - most);
      const first = put(before, id, resource, own + moved);
      return neighbour === undefined ? first : put(first, neighbour, resource, other - moved);
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

const edited = (saved: Slices, edits: Edits): Slices =>
  Object.fromEntries(Object.entries(saved).map(([id, limits]) => [id, { ...limits, ...edits[id] }]));

const sum = (slices: Slices, resource: ResourceName) =>
  Object.values(slices).reduce((total, one) => total + one[resource], 0);

const put = (edits: Edits, id: string, resource: ResourceName, amount: number): Edits => ({
  ...edits,
  [id]: { ...edits[id], [resource]: amount },
});

/** To a whole step, unless the room ends before it. */
function stepped(resource: ResourceName, amount: number, room: number): number {
  const { step, least } = resourceKinds[resource];
  if (amount >= room) return Math.max(least, room);
  return Math.max(least, Math.round(amount / step) * step);
}
