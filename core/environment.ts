/** The environment that every project has, and that goes with it. */
export const productionSlug = 'production';

/** Of one project, those that wait to be erased among them. */
export const mostEnvironments = 20;

/** How deep an environment sleeps. */
export const sleepDepths = ['LIGHT_SLEEP', 'DEEP_SLEEP'] as const;
export type SleepDepth = (typeof sleepDepths)[number];

export function isAsleep(state: string): state is SleepDepth {
  return (sleepDepths as readonly string[]).includes(state);
}
