export type Runs = { readonly observedState: string; readonly liveDeployment: object | null };

/** What becomes of visitors of an environment: EMPTY has nothing for them yet. */
export type Power = 'SERVING' | 'ASLEEP' | 'CRASHED' | 'STOPPED' | 'EMPTY';

/** Of its two facts the one that its latest deployment does not change before it goes live. */
export function powerOf({ observedState, liveDeployment }: Runs): Power {
  if (!liveDeployment) return 'EMPTY';
  if (observedState === 'CRASHED' || observedState === 'STOPPED') return observedState;
  return observedState.endsWith('SLEEP') ? 'ASLEEP' : 'SERVING';
}

/** What it should be is known too, and why it is not. */
export type Wanted = Runs & { readonly desiredState: string; readonly stateReason: string | null };

/** What is live ended by itself, and does not run. What somebody has stopped is not down, nor is what starts again. */
export function isDown(environment: Wanted): boolean {
  const power = powerOf(environment);
  if (environment.desiredState !== 'RUNNING') return false;
  return power === 'CRASHED' || (power === 'STOPPED' && environment.stateReason !== null);
}

const otherwise = {
  ASLEEP: 'sleeps until somebody visits it',
  CRASHED: 'ends again and again: nobody is served',
  STOPPED: 'is stopped: nobody is served',
  EMPTY: 'serves nobody',
} as const;

const now: Readonly<Record<Power, string>> = { SERVING: 'serves all traffic', ...otherwise };
const still: Readonly<Record<Power, string>> = { SERVING: 'still serves', ...otherwise };

/** What the live deployment does, said behind its number: `serves all traffic`. */
export const servesOf = (runs: Runs): string => now[powerOf(runs)];

/** The same where another one was to take its place and did not: `still serves`, of nothing that is down. */
export const stillServesOf = (runs: Runs): string => still[powerOf(runs)];
