import { isDeepStrictEqual } from 'node:util';
import { newId } from '@apployd/core/id';
import { z } from 'zod';
import type { CheckedFile } from '../checked-file.js';
import type { TrafficMark } from '../router/router.js';
import { hourSums } from './hour-sums.js';
import type { Bundle, HourBytes } from './usage-store.js';

/**
 * What was counted and is not handed over yet, in a file that is replaced as a whole: figures, the mark up to which they
 * were counted, and the number of the bundle that is on its way stand there together, whenever a process is killed.
 */
export type Spool = {
  /** True when there was one to go on with. Throws when there is one that cannot be trusted. */
  open(): Promise<boolean>;
  mark(): TrafficMark;
  /** The mark that is on the disk, with all that was counted before it. */
  saved(): TrafficMark;
  /** In memory; `save` makes it last. */
  add(hours: readonly HourBytes[], mark: TrafficMark): void;
  /** What is to be handed over next, which stays the same until it was. Null: nothing was counted. */
  bundle(): Bundle | null;
  /** The bundle is kept elsewhere. Lost with a process that is killed, this is found out by bringing the bundle again. */
  handed(): void;
  /**
   * Another goes on with a copy of this spool, or this is an old copy: it takes an id of its own. What is in it may be counted
   * elsewhere and is given up; returns how much that is.
   */
  renew(): Bytes;
  /** Resolves when all of it is on the disk; does nothing where it is. */
  save(): Promise<void>;
};

export type Bytes = Pick<HourBytes, 'bytesIn' | 'bytesOut'>;

export type SpoolSizes = { readonly mostHours: number; readonly mostInBundle: number };

/** Environments times hours: some megabytes, where the database is away for long. */
const usualSizes: SpoolSizes = { mostHours: 20_000, mostInBundle: 2_000 };

const count = z.number().int().min(0);
const hours = z.array(
  z.tuple([z.string(), count, count, count]).transform(([environmentId, hour, bytesIn, bytesOut]): HourBytes => ({
    ...{ environmentId, hour: new Date(hour), bytesIn, bytesOut },
  })),
);
const contents = z.object({
  id: z.string(),
  sequence: count,
  bundle: hours.nullable(),
  open: hours,
  mark: z.record(z.string(), count),
});

export function usageSpool(file: CheckedFile, sizes = usualSizes): Spool {
  let [id, sequence] = [newId(), 0];
  let sealed: readonly HourBytes[] | null = null;
  const counted = hourSums(sizes.mostHours);
  let reached: TrafficMark = {};
  let lasting: TrafficMark = {};
  let isSaved = false;
  let writing = Promise.resolve();

  const print = () =>
    JSON.stringify({ id, sequence, bundle: sealed && rows(sealed), open: rows(counted.all()), mark: reached });

  const write = async () => {
    if (isSaved) return;
    isSaved = true;
    const upTo = reached;
    await file.save(print()).catch((error: unknown) => {
      isSaved = false;
      throw error;
    });
    lasting = upTo;
  };

  return {
    open: async () => {
      const text = await file.load();
      if (text === null) return false;
      const found = contents.parse(JSON.parse(text));
      ({ id, sequence, bundle: sealed, mark: reached } = found);
      counted.add(found.open);
      [lasting, isSaved] = [reached, true];
      return true;
    },
    mark: () => reached,
    saved: () => lasting,
    add: (more, mark) => {
      if (more.length > 0 || !isDeepStrictEqual(mark, reached)) isSaved = false;
      counted.add(more);
      reached = mark;
    },
    bundle: () => {
      if (!sealed) {
        const next = counted.take(sizes.mostInBundle);
        if (next.length === 0) return null;
        [sealed, sequence, isSaved] = [next, sequence + 1, false];
      }
      return { spoolId: id, sequence, hours: sealed };
    },
    handed: () => {
      [sealed, isSaved] = [null, false];
    },
    renew: () => {
      const givenUp = [...(sealed ?? []), ...counted.take(Infinity)];
      [id, sequence, sealed, isSaved] = [newId(), 0, null, false];
      return sumOf(givenUp);
    },
    save: () => {
      const saved = writing.then(write);
      writing = saved.catch(() => undefined);
      return saved;
    },
  };
}

const rows = (of: readonly HourBytes[]) =>
  of.map(({ environmentId, hour, bytesIn, bytesOut }) => [environmentId, hour.getTime(), bytesIn, bytesOut]);

const sumOf = (hours: readonly HourBytes[]): Bytes => ({
  bytesIn: hours.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
  bytesOut: hours.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
});
