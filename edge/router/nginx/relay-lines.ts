import type { Logger } from '@apployd/backplane/log/logger';

const mostASecond = 10;

/** Passes on what Nginx says, but not more than a reader can take: what visitors provoke must not fill a disk. */
export function relayLines(log: Logger, now: () => number = Date.now): (line: string) => void {
  let second = 0;
  let count = 0;
  return (line) => {
    const current = Math.floor(now() / 1000);
    if (current !== second) {
      if (count > mostASecond) log.warn({ leftOut: count - mostASecond }, 'Nginx said more than is kept');
      [second, count] = [current, 0];
    }
    count += 1;
    if (count <= mostASecond) log.warn({ nginx: line }, 'Nginx says');
  };
}
