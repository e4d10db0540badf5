import type { InstanceLimits } from './demand.js';

/** How what runs comes to new limits: in place, by new instances beside the old ones, or in place if it uses little enough then. */
export const resizeWays = ['LIVE', 'LIVE_OR_REPLACE', 'REPLACE'] as const;
export type ResizeWay = (typeof resizeWays)[number];

/** Kinds of runtimes that can change the limits of what runs. */
const adjustable: ReadonlySet<string> = new Set(['docker', 'process']);

/** What is to be expected: the runtime has the last word. */
export function resizeWay(runtime: string | null, from: InstanceLimits, to: InstanceLimits): ResizeWay {
  if (runtime === null || !adjustable.has(runtime)) return 'REPLACE';
  return to.memoryBytes < from.memoryBytes ? 'LIVE_OR_REPLACE' : 'LIVE';
}

/** How long new limits rest that could not be given. */
export const resizeRestMs = 5 * 60_000;
