import { isDown, type Wanted } from '../../deployment/power.js';
import { isOver, type Shown, stateOf } from '../../deployment/state.js';

const ofMoving = 0;
const ofBroken = 1;
const ofServing = 2;
const others: Readonly<Record<string, number>> = { FAILED: ofBroken, ASLEEP: 3, STOPPED: 4, EMPTY: 5, DELETING: 6 };

/** What moves comes first, then what broke, what serves and what sleeps; last what somebody stopped, and what never ran. */
export function rankOf(project: Shown & { readonly productionEnvironment: Wanted }): number {
  const state = stateOf(project);
  if (!isOver(state)) return ofMoving;
  if (state !== 'DELETING' && isDown(project.productionEnvironment)) return ofBroken;
  return others[state] ?? ofServing;
}
