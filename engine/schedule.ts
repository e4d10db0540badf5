import { forgetExpired } from './cleanup/forget-expired.js';
import { forgetSteps } from './cleanup/forget-steps.js';
import type { Engine } from './engine.js';

type Recurring = { readonly name: string; readonly everyMs: number; readonly run: (engine: Engine) => Promise<void> };

/** All recurring work. */
const schedule: readonly Recurring[] = [
  { name: 'reconcile', everyMs: 15_000, run: (engine) => engine.jobs.ask('reconcile', engine.settings.serverId) },
  { name: 'heartbeat', everyMs: 5_000, run: heartbeat },
  { name: 'forget what has expired', everyMs: 600_000, run: forgetExpired },
  // Often: a turn is passed over while there is a build.
  { name: 'forget old build steps', everyMs: 600_000, run: forgetSteps },
];

/** Starts all of it, each at once and then at its interval, until the signal fires. */
export function startSchedule(engine: Engine, signal: AbortSignal): void {
  for (const { name, everyMs, run } of schedule) {
    const turn = () =>
      void run(engine).catch((err: unknown) => engine.log.warn({ err, name }, 'recurring work failed'));
    const timer = setInterval(turn, everyMs);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    turn();
  }
}

async function heartbeat(engine: Engine): Promise<void> {
  const { serverId } = engine.settings;
  await engine.db.server.update({ where: { id: serverId }, data: { heartbeatAt: engine.clock.now() } });
}
