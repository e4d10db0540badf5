import type { DeploymentStageName } from '@apployd/core/deployment';

/** What is killed; or, of the engine, made to stand still for longer than its leases last. */
export const victims = ['engine', 'server', 'edge', 'Redis', 'PostgreSQL', 'engine, paused'] as const;
export type Victim = (typeof victims)[number];

export const moments = ['QUEUE', 'FETCH', 'BUILD', 'START', 'HEALTH_CHECK', 'SWITCH', 'after READY'] as const;
export type Moment = 'after READY' | Extract<DeploymentStageName, (typeof moments)[number]>;

export type Point = { readonly victim: Victim; readonly moment: Moment };

/** Every victim at every moment. None is killed twice in a row: who crashes again and again is started again more slowly. */
export const allPoints: readonly Point[] = moments.flatMap((moment) => victims.map((victim) => ({ victim, moment })));

/** One of each kind, without those that take long. */
export const fewPoints: readonly Point[] = [
  { victim: 'engine', moment: 'BUILD' },
  { victim: 'Redis', moment: 'QUEUE' },
  { victim: 'PostgreSQL', moment: 'HEALTH_CHECK' },
  { victim: 'server', moment: 'SWITCH' },
  { victim: 'edge', moment: 'after READY' },
];
