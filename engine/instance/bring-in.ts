import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { LiveEnvironment } from './live-environment.js';
import { removeInstance } from './remove-instance.js';
import { sendVisitors } from './send-visitors.js';
import { startBeside } from './start-beside.js';

type Change = {
  /** How many more are to run. */
  readonly count: number;
  /** Those that take no visitors any more. */
  readonly outgoing: readonly Instance[];
};

/**
 * Starts more instances and has them take the visitors of the outgoing ones, which are still to be ended. Gives the ids of
 * those that came, and the route's new version, null when it leads there already. When it fails nothing of them is left.
 */
export async function bringIn(
  engine: Engine,
  live: LiveEnvironment,
  { count, outgoing }: Change,
  signal: AbortSignal,
): Promise<{ readonly incoming: readonly string[]; readonly version: bigint | null }> {
  const incoming = count > 0 ? await startBeside(engine, live, count, signal) : [];
  try {
    const version = await sendVisitors(engine, live, { incoming, outgoing });
    return { incoming: incoming.map(({ id }) => id), version };
  } catch (error) {
    for (const { id } of incoming) await removeInstance(engine, id, 0);
    throw error;
  }
}
