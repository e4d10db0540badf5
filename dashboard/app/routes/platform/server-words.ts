import type { Server } from '@apployd/sdk';

type Work = Pick<Server, 'instanceCount' | 'asleepCount' | 'deployingCount' | 'slotCount'>;

/** `3 instances run, 2 sleep. 1 of 4 deployments under way.` */
export function workOf({ instanceCount, asleepCount, deployingCount, slotCount }: Work): string {
  const runs = instanceCount === 1 ? '1 instance runs' : `${instanceCount} instances run`;
  const sleeps = asleepCount > 0 ? `, ${asleepCount} in deep sleep` : '';
  return `${runs}${sleeps}. ${deployingCount} of at most ${slotCount} deployments under way.`;
}
