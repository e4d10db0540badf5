import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { backoffMs } from '@apployd/core/backoff';
import type { Logger } from '@apployd/backplane/log/logger';
import type { Control } from './control.js';
import { endFormer } from './end-former.js';
import type { NginxProcess } from './nginx-process.js';
import { startRun, type Run } from './run.js';
import { untilItServes } from './until-it-serves.js';

export type ChildOptions = {
  readonly folder: string;
  readonly control: Control;
  readonly log: Logger;
  /** Done before each start. */
  readonly prepare: () => Promise<void>;
};

const [firstPauseMs, longestPauseMs] = [100, 30_000];
/** What served so long did not fail at its start. */
const servedMs = 30_000;

/** An Nginx as a child of this process: brought back when it dies, after pauses that grow, and ended with the edge. */
export function nginxChild(options: ChildOptions): NginxProcess {
  const { folder, control, log, prepare } = options;
  const closing = new AbortController();
  let run: Run | null = null;
  let keeping = Promise.resolve();

  /** One that was killed has left it, and the next could not listen. */
  const forgetSocket = () => rm(path.join(folder, 'control.sock'), { force: true });

  const launch = async (program: string, generation: string) => {
    await prepare();
    await forgetSocket();
    closing.signal.throwIfAborted();
    const started = startRun({ program, folder, log });
    run = started;
    await untilItServes(control, generation, started).catch(async (error: unknown) => {
      started.kill('SIGKILL');
      throw new Error(`Nginx did not start: ${await started.ended}`, { cause: error });
    });
  };

  const keep = async (program: string, generation: string) => {
    for (let failures = 0; ;) {
      const end = await run?.ended;
      if (closing.signal.aborted) return;
      failures = (run?.ageMs() ?? 0) > servedMs ? 1 : failures + 1;
      const pauseMs = backoffMs(failures, firstPauseMs, longestPauseMs);
      log.error({ end, pauseMs }, 'Nginx has ended and is started again');
      await setTimeout(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (closing.signal.aborted) return;
      await launch(program, generation).catch((error: unknown) => log.error({ err: error }, 'Nginx cannot be started'));
    }
  };

  return {
    start: async (program, generation) => {
      await endFormer(folder, control, log);
      await launch(program, generation);
      keeping = keep(program, generation);
    },
    close: async (graceMs) => {
      closing.abort();
      await run?.end(graceMs);
      await keeping;
      await forgetSocket();
    },
  };
}
