import { setTimeout } from 'node:timers/promises';
import type { Control } from './control.js';

const usualMs = 15_000;
const lookAgainMs = 20;

/** Whether it answers, and with the files of this generation. */
export const serves = (control: Control, generation: string): Promise<boolean> =>
  problemOf(control, generation).then((problem) => problem === null);

/**
 * Resolves once Nginx serves with the files of this generation; rejects when it ends first, or takes too long. That it answers
 * is not enough: one that cannot use a new configuration goes on with its former one.
 */
export async function untilItServes(
  control: Control,
  generation: string,
  { withinMs = usualMs, ended }: { readonly withinMs?: number; readonly ended?: Promise<string> },
): Promise<void> {
  const deadline = Date.now() + withinMs;
  let end: string | null = null;
  void ended?.then((how) => (end = how));
  while (end === null) {
    const problem = await problemOf(control, generation);
    if (problem === null) return;
    if (Date.now() > deadline) throw problem;
    await setTimeout(lookAgainMs);
  }
  throw new Error(`It has ended: ${String(end)}`);
}

/** Null: there is none. */
async function problemOf(control: Control, generation: string): Promise<Error | null> {
  try {
    const status = await control.status();
    return status.generation === generation ? null : new Error(formerServes);
  } catch (cause) {
    return new Error('Nginx does not answer at its control socket.', { cause });
  }
}

const formerServes =
  'Nginx goes on with its former configuration: it could not use the new one, and its log says why. Is an address of it in use?';
