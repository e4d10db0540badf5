import { setTimeout } from 'node:timers/promises';
import type { Control } from './control.js';

const withinMs = 15_000;
const lookAgainMs = 20;

/** Resolves once Nginx answers; rejects when it ends first, or takes too long. */
export async function untilItAnswers(control: Control, ended: Promise<string> = new Promise(() => {})): Promise<void> {
  const deadline = Date.now() + withinMs;
  let end: string | null = null;
  void ended.then((how) => (end = how));
  while (end === null) {
    const problem = await control.status().then(
      () => null,
      (error: unknown) => error,
    );
    if (problem === null) return;
    if (Date.now() > deadline) throw new Error(`It does not answer within ${withinMs / 1000} s.`, { cause: problem });
    await setTimeout(lookAgainMs);
  }
  throw new Error(`It has ended: ${String(end)}`);
}
