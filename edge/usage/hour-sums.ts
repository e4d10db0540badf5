import type { HourBytes } from './usage-store.js';

/** Bytes by environment and hour. */
export type HourSums = {
  add(hours: Iterable<HourBytes>): void;
  /** Takes out up to so many. */
  take(most: number): readonly HourBytes[];
  all(): readonly HourBytes[];
};

/** Beyond `most` the hours of an environment become its latest: all bytes are kept, some with a later hour. */
export function hourSums(most: number): HourSums {
  let sums = new Map<string, HourBytes>();

  const put = (into: Map<string, HourBytes>, key: string, each: HourBytes) => {
    const former = into.get(key);
    const { environmentId } = each;
    const hour = former && former.hour > each.hour ? former.hour : each.hour;
    const bytesIn = each.bytesIn + (former?.bytesIn ?? 0);
    const bytesOut = each.bytesOut + (former?.bytesOut ?? 0);
    into.set(key, { environmentId, hour, bytesIn, bytesOut });
  };

  const merged = () => {
    const latest = new Map<string, HourBytes>();
    for (const each of sums.values()) put(latest, each.environmentId, each);
    return new Map([...latest.values()].map((each) => [keyOf(each), each]));
  };

  return {
    add: (hours) => {
      for (const each of hours) if (each.bytesIn + each.bytesOut > 0) put(sums, keyOf(each), each);
      if (sums.size > most) sums = merged();
    },
    take: (count) => {
      const taken = [...sums].slice(0, count);
      for (const [key] of taken) sums.delete(key);
      return taken.map(([, each]) => each);
    },
    all: () => [...sums.values()],
  };
}

const keyOf = ({ environmentId, hour }: HourBytes) => `${environmentId} ${hour.getTime()}`;
