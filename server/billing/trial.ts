import type { ServerSettings } from '../config.js';

/** For how long an organization tries the first plan that it buys. One is tried once. */
export const trialDaysOf = ({ BILLING_TRIAL_DAYS: days = 0 }: Pick<ServerSettings, 'BILLING_TRIAL_DAYS'>): number =>
  days;
