import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once the condition holds; rejects when it does not in time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${withinMs} ms for ${what}, in vain.`);
    await sleep(50);
  }
}
