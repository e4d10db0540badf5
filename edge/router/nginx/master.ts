import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Control } from './control.js';

/**
 * The number of the Nginx that serves from this folder; null when there is none. That it answers there tells it from another
 * process that has its number since.
 */
export async function masterIn(folder: string, control: Control): Promise<number | null> {
  const pid = Number(await readFile(path.join(folder, 'nginx.pid'), 'utf8').catch(() => 0));
  return Number.isInteger(pid) && pid > 1 && (await answers(control)) ? pid : null;
}

export const answers = (control: Control): Promise<boolean> =>
  control.status().then(
    () => true,
    () => false,
  );
