import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Control } from './control.js';
import type { NginxProcess } from './nginx-process.js';
import { untilItAnswers } from './until-it-answers.js';

const reloadsWithinMs = 30_000;

/** An Nginx that the host runs from the edge's folder: this command makes it read its configuration again. It outlives the edge. */
export function nginxOfHost(options: { readonly reload: readonly string[]; readonly control: Control }): NginxProcess {
  const [program = '', ...args] = options.reload;
  return {
    start: async () => {
      await promisify(execFile)(program, args, { timeout: reloadsWithinMs });
      await untilItAnswers(options.control);
    },
    close: async () => {},
  };
}
