import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once the condition holds; rejects after 20 s. */
export async function until(condition: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited 20 s for ${what}, in vain.`);
    await sleep(5);
  }
}
