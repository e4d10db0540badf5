import type { Run } from './run.js';

/** Tells the customer, in the build log, what the platform does. */
export function say({ log }: Pick<Run, 'log'>, sentence: string): void {
  log.line(sentence, 'PLATFORM');
}
