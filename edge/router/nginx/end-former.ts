import { setTimeout } from 'node:timers/promises';
import type { Logger } from '@apployd/backplane/log/logger';
import type { Control } from './control.js';
import { answers, masterIn } from './master.js';
import { killGroup, untilGroupEnded } from './process-group.js';

const graceMs = 2_000;
const lookAgainMs = 20;

/** Ends an Nginx that an edge which was killed has left behind: it has served on until now. */
export async function endFormer(folder: string, control: Control, log: Logger): Promise<void> {
  const pid = await masterIn(folder, control);
  if (pid === null) return;
  log.warn({ pid }, 'an earlier Nginx still serves and is replaced');
  killGroup(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while ((await answers(control)) && Date.now() < deadline) await setTimeout(lookAgainMs);
  killGroup(pid, 'SIGKILL');
  await untilGroupEnded(pid, graceMs);
}
