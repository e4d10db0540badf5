import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Control } from './control.js';
import type { NginxProcess } from './nginx-process.js';
import { serves, untilItServes } from './until-it-serves.js';

const reloadsWithinMs = 30_000;

/**
 * An Nginx that the host runs from the edge's folder: this command makes it read its configuration again. It outlives the edge,
 * and is left in peace where it serves with these files already: a reload ends idle connections of visitors.
 */
export function nginxOfHost(options: {
  readonly reload: readonly string[];
  readonly control: Control;
  /** It has read its configuration by then; one that it cannot use, it leaves without a word to who told it. */
  readonly reloadedWithinMs?: number;
}): NginxProcess {
  const { control, reloadedWithinMs } = options;
  const [program = '', ...args] = options.reload;
  return {
    start: async (_, generation) => {
      if (await serves(control, generation)) return;
      const failure = await promisify(execFile)(program, args, { timeout: reloadsWithinMs }).then(
        () => null,
        (error: unknown) => error,
      );
      // Where none runs yet there is nobody to tell; the host starts one.
      await untilItServes(control, generation, { withinMs: reloadedWithinMs }).catch((problem: unknown) => {
        throw failure ?? problem;
      });
    },
    close: async () => {},
  };
}
