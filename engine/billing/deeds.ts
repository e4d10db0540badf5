import type { Engine } from '../engine.js';

/** What is to be asked for once the transaction is committed. */
export type Deeds = {
  readonly stop: string[];
  readonly start: string[];
  readonly canceled: string[];
  readonly mail: string[];
};

export const nothingDone = (): Deeds => ({ stop: [], start: [], canceled: [], mail: [] });

/** An ask that is lost is found again by reconciling: the rows say all of it. */
export async function askFor({ jobs, events }: Engine, organizationId: string, deeds: Deeds): Promise<void> {
  events.publish('organization', organizationId);
  for (const id of [...deeds.stop, ...deeds.start]) events.publish('environment', id);
  for (const id of deeds.canceled) events.publish('deployment', id);
  for (const id of deeds.stop) await jobs.ask('stop', id);
  for (const id of deeds.start) await jobs.ask('bring-back', id);
  for (const id of deeds.mail) await jobs.ask('mail', id);
}
