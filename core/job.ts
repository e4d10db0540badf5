/** Work that may be asked for: a name and the id of a row. What it means is known where it runs. */
export const jobNames = [
  'deploy',
  'retire',
  'bring-back',
  'resize',
  'stop',
  'erase',
  'erase-environment',
  'mail',
  'check-domain',
  'payment-event',
  'settle-billing',
] as const;
export type JobName = (typeof jobNames)[number];
