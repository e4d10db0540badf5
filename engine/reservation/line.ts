import type { Share } from './share.js';

type Place = {
  readonly kind: Share['kind'];
  readonly environmentId: string | null;
  /** In ms since 1970: nobody waits for it from then on. */
  until: number;
};

/**
 * Those who wait for a share, in the order in which they asked: one line of those who build, another of those who start
 * something. Nobody waits for a place of their own environment.
 */
export type Line = {
  /** Has a place while the work lasts: at the end, or the one that was kept for coming again. */
  join<T>(share: Share, work: (isFirst: () => boolean) => Promise<T>): Promise<T>;
  /** Has a place for so long, for whoever comes again by themselves: at the end, unless they have one from before. */
  keep(share: Share, ms: number): void;
  /** Who had a place for coming again needs it no longer. */
  give(share: Share): void;
  /** Nobody is before whoever asks now. */
  isFree(share: Share): boolean;
  isWaiting(kind: Share['kind']): boolean;
};

/** The time is in ms since 1970. */
export function lineOf(now: () => number): Line {
  const places = new Set<Place>();

  const waiting = () => [...places].filter(({ until }) => until > now());
  const keptFor = (share: Share) =>
    waiting().find(({ until, environmentId }) => until < Infinity && environmentId === environmentOf(share));

  const isFirst = (place: Place | undefined, share: Share): boolean => {
    const all = waiting();
    const before = place ? all.slice(0, all.indexOf(place)) : all;
    return !before.some((one) => one.kind === share.kind && !isOfSame(one, share));
  };

  return {
    join: async (share, work) => {
      const place = keptFor(share) ?? { kind: share.kind, environmentId: environmentOf(share), until: 0 };
      place.until = Infinity;
      places.add(place);
      try {
        return await work(() => isFirst(place, share));
      } finally {
        places.delete(place);
      }
    },
    keep: (share, ms) => {
      const until = now() + ms;
      const kept = keptFor(share);
      if (kept) kept.until = until;
      else places.add({ kind: share.kind, environmentId: environmentOf(share), until });
      forgetFormer();
    },
    give: (share) => {
      const kept = keptFor(share);
      if (kept) places.delete(kept);
    },
    isFree: (share) => isFirst(keptFor(share), share),
    isWaiting: (kind) => waiting().some((one) => one.kind === kind),
  };

  /** Who never came again. */
  function forgetFormer(): void {
    for (const place of places) if (place.until <= now()) places.delete(place);
  }
}

const environmentOf = (share: Share) => (share.kind === 'beside' ? share.environmentId : null);

const isOfSame = ({ environmentId }: Place, share: Share) =>
  environmentId !== null && environmentId === environmentOf(share);
