import type { Logger } from '@apployd/backplane/log/logger';
import type { Traffic, TrafficMark } from '../router.js';
import type { TrafficLog } from './traffic-log.js';
import { trafficSums } from './traffic-lines.js';

/** What the log says since a mark. */
export type ReadTraffic = (after: TrafficMark) => Promise<Traffic>;

/** Trouble with the file is said once, and keeps nobody from what else there is to tell: what cannot be read is read later. */
export function readTraffic(traffic: Pick<TrafficLog, 'read'>, log: Logger): ReadTraffic {
  const trouble = saidOnce(log, 'the log of the traffic cannot be read; what is in it is counted once it can');
  return async (after) => {
    const sums = trafficSums();
    try {
      const mark = await traffic.read(after, sums.add);
      trouble.isOver();
      return { samples: sums.samples(), mark };
    } catch (error) {
      trouble.say(error);
      // Not what was summed up before it failed: it would be counted once more.
      return { samples: [], mark: after };
    }
  };
}

/** Puts the log aside where it has grown large. That it stays too large for a while costs nobody what passes. */
export function tidyTraffic(traffic: Pick<TrafficLog, 'tidy'>, log: Logger): (kept: TrafficMark) => Promise<void> {
  const trouble = saidOnce(log, 'the log of the traffic cannot be put aside and grows');
  return (kept) => traffic.tidy(kept).then(trouble.isOver, trouble.say);
}

function saidOnce(log: Logger, what: string) {
  let isSaid = false;
  return {
    say: (error: unknown) => {
      if (!isSaid) log.error({ err: error }, what);
      isSaid = true;
    },
    isOver: () => void (isSaid = false),
  };
}
