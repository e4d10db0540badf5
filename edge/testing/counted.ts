import { expect } from 'vitest';
import type { Router, TrafficSample } from '../router/router.js';

type Counted = Pick<TrafficSample, 'environmentId' | 'requests' | 'bytesIn' | 'bytesOut'>;

/**
 * What a router has counted since it was asked last, by host name, or of one of them alone, once so many requests are told and
 * none is open. One of several processes may tell of a request a moment after its answer, and an hour may end in between.
 */
export async function counted(
  router: Router,
  requests: number,
  only?: string,
): Promise<Readonly<Record<string, Counted>>> {
  const found: Record<string, Counted> = {};
  const take = async () => {
    const samples = (await router.traffic()).samples.filter(({ hostname }) => only === undefined || hostname === only);
    for (const sample of samples) found[sample.hostname] = sum(sample, found[sample.hostname]);
    return {
      requests: Object.values(found).reduce((all, each) => all + each.requests, 0),
      open: samples.reduce((all, each) => all + each.open, 0),
    };
  };
  await expect.poll(take, { interval: 20 }).toEqual({ requests, open: 0 });
  return found;
}

const sum = ({ environmentId, requests, bytesIn, bytesOut }: TrafficSample, before?: Counted): Counted => ({
  environmentId,
  requests: requests + (before?.requests ?? 0),
  bytesIn: bytesIn + (before?.bytesIn ?? 0),
  bytesOut: bytesOut + (before?.bytesOut ?? 0),
});
