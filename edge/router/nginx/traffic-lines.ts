import { hourOf } from '@apployd/core/usage';
import type { TrafficSample } from '../router.js';
import { nameIn } from './route-lines.js';

/** What has passed, from the lines that workers write: `TIME BYTES-IN BYTES-OUT HOSTNAME ENVIRONMENT`. */
export type TrafficSums = { add(lines: readonly string[]): void; samples(): readonly TrafficSample[] };

export function trafficSums(): TrafficSums {
  const sums = new Map<string, { requests: number; bytesIn: number; bytesOut: number }>();
  return {
    add: (lines) => {
      for (const line of lines) {
        const [, time, bytesIn, bytesOut, whose] = /^(\d+)\.\d+ (\d+) (\d+) (\S+ \S+)$/.exec(line) ?? [];
        // The last words of a machine that lost its power may be no line.
        if (whose === undefined) continue;
        const key = `${hourOf(new Date(Number(time) * 1_000)).getTime()} ${whose}`;
        const sum = sums.get(key) ?? { requests: 0, bytesIn: 0, bytesOut: 0 };
        sum.requests += 1;
        sum.bytesIn += Number(bytesIn);
        sum.bytesOut += Number(bytesOut);
        sums.set(key, sum);
      }
    },
    samples: () =>
      [...sums].map(([key, sum]) => {
        const [hour, hostname = '', environmentId = ''] = key.split(' ');
        const whose = { hostname: nameIn(hostname), environmentId: nameIn(environmentId) };
        return { ...whose, hour: new Date(Number(hour)), ...sum, open: 0 };
      }),
  };
}
