import type { Volumes } from './volumes.js';

/** Content by volume: it outlives the objects that speak of it, as a disk does. */
export type FakeDisk = Map<string, Map<string, string>>;

/** Volumes of the fake machine, which fake apps read and write. */
export function fakeVolumes(disk: FakeDisk): Volumes {
  return {
    ensure: async ({ id }) => {
      if (!disk.has(id)) disk.set(id, new Map());
    },
    remove: async (id) => void disk.delete(id),
  };
}
