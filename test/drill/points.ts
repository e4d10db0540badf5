import type { DeploymentStageName } from '@apployd/core/deployment';

/** What is killed; or, of the engine, made to stand still for longer than its leases last. */
const ofEveryRuntime = ['engine', 'server', 'edge', 'Redis', 'PostgreSQL', 'engine, paused'] as const;
/** Its daemon, which takes with it whatever runs in containers. */
const docker = 'Docker';
export type Victim = (typeof ofEveryRuntime)[number] | typeof docker;

export const runtimes = ['process', 'docker'] as const;
export type Runtime = (typeof runtimes)[number];

const moments = ['QUEUE', 'FETCH', 'BUILD', 'START', 'HEALTH_CHECK', 'SWITCH', 'after READY'] as const;
export type Moment = 'after READY' | Extract<DeploymentStageName, (typeof moments)[number]>;

export type Point = { readonly victim: Victim; readonly moment: Moment };

/** Every victim at every moment. None is killed twice in a row: who crashes again and again is started again more slowly. */
const allOf = (victims: readonly Victim[]): readonly Point[] =>
  moments.flatMap((moment) => victims.map((victim) => ({ victim, moment })));

/** Every point that there is; with a runtime of one's choice, every point of that one. */
export function allPoints(runtime: Runtime | undefined): readonly (readonly [Runtime, readonly Point[]])[] {
  if (runtime === 'process') return [['process', allOf(ofEveryRuntime)]];
  if (runtime === 'docker') return [['docker', allOf([...ofEveryRuntime, docker])]];
  return [
    ['process', allOf(ofEveryRuntime)],
    ['docker', allOf([docker])],
  ];
}

/** One of each kind, without those that take long. */
export const fewPoints: readonly Point[] = [
  { victim: 'engine', moment: 'BUILD' },
  { victim: 'Redis', moment: 'QUEUE' },
  { victim: 'PostgreSQL', moment: 'HEALTH_CHECK' },
  { victim: 'server', moment: 'SWITCH' },
  { victim: 'edge', moment: 'after READY' },
];
