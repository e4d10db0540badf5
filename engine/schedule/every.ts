import type { Engine } from '../engine.js';
import type { Recurring } from '../schedule.js';

/** Does the work now and at its interval until the signal fires. A turn that comes while the last one is at it is left out. */
export function every(engine: Engine, { name, everyMs, run }: Recurring, signal: AbortSignal): void {
  let isAtIt = false;
  const turn = async () => {
    if (isAtIt) return;
    isAtIt = true;
    await run(engine, signal)
      .catch((err: unknown) => engine.log.warn({ err, name }, 'recurring work failed'))
      .finally(() => (isAtIt = false));
  };
  const timer = setInterval(() => void turn(), everyMs);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  void turn();
}
