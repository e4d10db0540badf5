import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import { isOneAtATime } from '../volume/of-environment.js';
import type { LiveEnvironment } from './live-environment.js';
import { removeInstance } from './remove-instance.js';
import { sendVisitors } from './send-visitors.js';

/**
 * Where the environment has volumes, instances that are to go are ended before others come: they would write into the same
 * files at once. Gives those that still run, to be replaced by what gets healthy beside them: all of them elsewhere.
 */
export async function endFirst(
  engine: Engine,
  live: LiveEnvironment,
  outgoing: readonly Instance[],
  signal: AbortSignal,
): Promise<readonly Instance[]> {
  if (outgoing.length === 0 || !(await isOneAtATime(engine.db, live.environment.id))) return outgoing;
  const version = await sendVisitors(engine, live, { incoming: [], outgoing });
  if (version !== null) await waitForEdges(engine, version, signal);
  await engine.clock.sleep(engine.settings.drainMs, signal);
  await Promise.all(outgoing.map(({ id }) => removeInstance(engine, id, engine.settings.stopGraceMs)));
  return [];
}
