import type { DeploymentStageName } from '@apployd/core/deployment';

/** What is killed; or made to stand still: the engine for longer than its leases last, Redis for a minute with all that is in it. */
const ofEveryRuntime = ['engine', 'server', 'edge', 'Redis', 'PostgreSQL', 'engine, paused', 'Redis, away'] as const;
/** Its daemon, which takes with it whatever runs in containers. */
const docker = 'Docker';
export type Victim = (typeof ofEveryRuntime)[number] | typeof docker;

export const runtimes = ['process', 'docker'] as const;
export type Runtime = (typeof runtimes)[number];

/** RELEASE needs an app with a release command. At ROLLOUT it has its visitors step by step, and is promoted by hand after the strike. */
const moments = [
  'QUEUE',
  'FETCH',
  'BUILD',
  'RELEASE',
  'START',
  'HEALTH_CHECK',
  'ROLLOUT',
  'SWITCH',
  'after READY',
] as const;
export type Moment = 'after READY' | Extract<DeploymentStageName, (typeof moments)[number]>;

export type Point = { readonly victim: Victim; readonly moment: Moment };

/** Every victim at every moment. None is killed twice in a row: who crashes again and again is started again more slowly. */
const allOf = (victims: readonly Victim[]): readonly Point[] =>
  moments.flatMap((moment) => victims.filter(goesLive(moment)).map((victim) => ({ victim, moment })));

/** A rollout of which an instance ends is taken back, and Docker takes them all with it. */
const goesLive = (moment: Moment) => (victim: Victim) => victim !== docker || moment !== 'ROLLOUT';

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
  { victim: 'engine', moment: 'ROLLOUT' },
  { victim: 'edge', moment: 'after READY' },
];
