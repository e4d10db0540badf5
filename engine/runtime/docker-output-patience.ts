import { systemClock } from '@apployd/core/clock';
import type { Followers } from './docker-followers.js';

/** How long, at most, a container that has ended is kept for readers who go on reading. */
const mostMs = 30_000;

/** Waits for readers as long as each while brings them further: what they have not read is lost with the container. */
export function patientFollowers(followers: Followers, longestMs: number = mostMs): Followers {
  const counts = new Map<string, number>();
  const readBy = (handles: readonly string[]) => handles.reduce((sum, handle) => sum + (counts.get(handle) ?? 0), 0);

  async function* counting<T>(handle: string, lines: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      for await (const line of lines) {
        counts.set(handle, (counts.get(handle) ?? 0) + 1);
        yield line;
      }
    } finally {
      counts.delete(handle);
    }
  }

  return {
    track: (handle, lines) => followers.track(handle, counting(handle, lines)),
    async settled(handles, withinMs) {
      const end = systemClock.now().getTime() + longestMs;
      const leftMs = () => end - systemClock.now().getTime();
      for (let before = -1; before !== readBy(handles) && leftMs() > 0;) {
        before = readBy(handles);
        await followers.settled(handles, Math.min(withinMs, leftMs()));
      }
    },
  };
}
