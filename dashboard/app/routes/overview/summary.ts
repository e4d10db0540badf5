import { type Power, powerOf } from '../../deployment/power.js';
import { isOver, latestOf, type Shown } from '../../deployment/state.js';

const powers = [
  ['SERVING', 'serving'],
  ['ASLEEP', 'asleep'],
  ['CRASHED', 'crashed'],
  ['STOPPED', 'stopped'],
] as const satisfies readonly (readonly [Power, string])[];

/**
 * `4 serving, 1 asleep; 1 under way, 2 failed`: what becomes of visitors, then what becomes of the latest deployments. A
 * project whose deployment failed, and that serves, is among both.
 */
export function summaryOf(projects: readonly Shown[]): string {
  const alive = projects.filter(({ state }) => state !== 'DELETING');
  const power = alive.map(({ productionEnvironment }) => powerOf(productionEnvironment));
  const latest = alive.flatMap((project) => latestOf(project) ?? []);
  const parts = [
    inWords(powers.map(([each, word]) => [power.filter((one) => one === each).length, word])),
    inWords([
      [latest.filter((status) => !isOver(status)).length, 'under way'],
      [latest.filter((status) => status === 'FAILED').length, 'failed'],
    ]),
  ];
  return parts.filter(Boolean).join('; ') || 'Nothing runs yet';
}

const inWords = (counts: readonly (readonly [number, string])[]): string =>
  counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
