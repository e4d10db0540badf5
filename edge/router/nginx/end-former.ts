import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from '@apployd/backplane/log/logger';
import type { Control } from './control.js';
import { killGroup } from './run.js';

const graceMs = 2_000;
const lookAgainMs = 20;

/**
 * Ends an Nginx that an edge which was killed has left behind: it has served on until now. That it answers in this folder
 * tells it from another process that has its number since.
 */
export async function endFormer(folder: string, control: Control, log: Logger): Promise<void> {
  const pid = Number(await readFile(path.join(folder, 'nginx.pid'), 'utf8').catch(() => 0));
  if (!Number.isInteger(pid) || pid <= 1 || !(await answers(control))) return;
  log.warn({ pid }, 'an earlier Nginx still serves and is replaced');
  killGroup(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while ((await answers(control)) && Date.now() < deadline) await setTimeout(lookAgainMs);
  killGroup(pid, 'SIGKILL');
}

const answers = (control: Control) =>
  control.status().then(
    () => true,
    () => false,
  );
