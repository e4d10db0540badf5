import { looks } from '@apployd/backplane/events/looks';
import type { Engine } from '../engine.js';
import { endAsked, Overtaken, type Run } from './run.js';

const lookAgainMs = 1_000;
const restMs = 150;

/** A signal that also fires once the deployment is asked to end, or another worker took it over. */
export function stopOnCancel(
  engine: Engine,
  run: Run,
  signal: AbortSignal,
): { readonly signal: AbortSignal; dispose(): void } {
  const done = new AbortController();
  const stop = new AbortController();
  void watch(engine, run, AbortSignal.any([signal, done.signal]), (reason) => stop.abort(reason));
  return { signal: AbortSignal.any([signal, stop.signal]), dispose: () => done.abort() };
}

async function watch(engine: Engine, run: Run, until: AbortSignal, stop: (reason: Error) => void): Promise<void> {
  for await (const _ of looks(engine.events, 'deployment', run.deployment.id, lookAgainMs, until)) {
    const reason = await reasonToStop(engine, run);
    if (reason) return stop(reason);
    // Most hints are of what this very run has done.
    await engine.clock.sleep(restMs, until).catch(() => undefined);
  }
}

/** A look that fails is followed by another. */
async function reasonToStop(engine: Engine, { deployment: { id }, fence }: Run): Promise<Error | null> {
  try {
    const row = await engine.db.deployment.findUnique({
      where: { id },
      select: { cancelRequestedAt: true, supersededById: true, fence: true },
    });
    if (!row || row.fence !== fence) return new Overtaken(id);
    return endAsked(row);
  } catch (err) {
    engine.log.warn({ err, deploymentId: id }, 'could not look whether the deployment is to end');
    return null;
  }
}
