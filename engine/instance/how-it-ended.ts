import type { InstanceExit } from '@apployd/core/instance-exit';
import { describeBytes } from '@apployd/core/resources';
import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { InstanceReport } from '../runtime/runtime.js';
import { openVariables } from '../variable/open-variables.js';
import { variablesOf } from '../variable/variables-of.js';
import { lastLinesOf } from './last-lines.js';
import type { LiveEnvironment } from './live-environment.js';

/**
 * An instance that is over, or is to be, although nobody wanted it; without an id one that never took visitors, and since
 * when it was tried to start it.
 */
export type Ended =
  | { readonly instanceId: string; readonly triedAt: null; readonly exit: InstanceExit }
  | { readonly instanceId: null; readonly triedAt: Date; readonly exit: InstanceExit };

/** How these ended, or why they are to be replaced. Reads what they printed: before they are removed. */
export async function howTheyEnded(
  engine: Engine,
  { environment, live }: LiveEnvironment,
  instances: readonly Instance[],
): Promise<Ended[]> {
  if (instances.length === 0) return [];
  const variables = await openVariables(engine, variablesOf(live, environment));
  try {
    return await Promise.all(instances.map((instance) => howItEnded(engine, instance, variables.mask)));
  } finally {
    variables.forget();
  }
}

async function howItEnded(engine: Engine, instance: Instance, mask: (text: string) => string): Promise<Ended> {
  const report = await engine.runtime.inspect(instance.id);
  const lastLines = await lastLinesOf(engine, instance.id, mask);
  const exit = { at: engine.clock.now().toISOString(), lastLines, ...whatHappened(report, instance) };
  return { instanceId: instance.id, triedAt: null, exit };
}

type What = Pick<InstanceExit, 'reason' | 'exitCode' | 'message'>;

function whatHappened(report: InstanceReport, { memoryBytes }: Instance): What {
  if (report.state === 'running' || report.state === 'asleep') {
    return { reason: 'UNHEALTHY', exitCode: null, message: 'It runs, but failed its health check too often in a row.' };
  }
  if (report.state === 'gone') {
    return { reason: 'LOST', exitCode: null, message: 'It is gone from its machine, and nobody knows how it ended.' };
  }
  const { exitCode, outOfMemory } = report;
  if (outOfMemory) {
    const message = `It needed more than its ${describeBytes(Number(memoryBytes))} of memory, and was ended.`;
    return { reason: 'OUT_OF_MEMORY', exitCode, message };
  }
  const how = exitCode === null ? 'It ended.' : `It ended by itself with exit code ${exitCode}.`;
  return { reason: 'CRASHED', exitCode, message: how };
}
