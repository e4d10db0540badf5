import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { crashesWith, restMs } from '@apployd/core/crash';
import { instanceExit, type ExitReason, type InstanceExit } from '@apployd/core/instance-exit';
import { projectSettings } from '@apployd/core/settings';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { appendHappening } from './append-happening.js';
import type { Ended } from './how-it-ended.js';
import type { LiveEnvironment } from './live-environment.js';

/**
 * Writes down what ended although nobody wanted it: in its row, as an event, and in its environment, which learns how long
 * to wait before it is started again. What is lost with its machine is not held against the app. The environment as it is
 * then.
 */
export async function noteExits(
  engine: Engine,
  live: LiveEnvironment,
  ended: readonly Ended[],
): Promise<LiveEnvironment> {
  const last = ended.at(-1);
  if (!last) return live;
  const series = seriesOf(engine, live, ended);
  await transactAndTell(engine, async (tx) => {
    await tx.environment.update({ where: { id: live.environment.id }, data: { ...series, lastExit: last.exit } });
    for (const one of ended) await noteExit(tx, live, one);
  });
  engine.events.publish('environment', live.environment.id);
  return { ...live, environment: { ...live.environment, ...series, lastExit: last.exit } };
}

/** How the one before ended; null when none did. */
export function lastExitOf({ environment }: Pick<LiveEnvironment, 'environment'>): InstanceExit | null {
  return environment.lastExit === null ? null : instanceExit.parse(environment.lastExit);
}

function seriesOf({ clock }: Engine, live: LiveEnvironment, ended: readonly Ended[]) {
  if (ended.every(({ exit }) => exit.reason === 'LOST')) return {};
  const now = clock.now();
  const before = lastExitOf(live);
  const calmUntil = new Date(Math.min(...ended.map((one) => calmUntilMs(live, one, now))));
  const crashes = crashesWith(live.environment.crashes, before && new Date(before.at), calmUntil);
  return { crashes, restartAfter: new Date(now.getTime() + restMs(crashes)) };
}

/** Up to the start of what never got healthy; of what did, nobody noted how much of its time to get so it took. */
function calmUntilMs({ live }: LiveEnvironment, { triedAt }: Ended, now: Date): number {
  if (triedAt) return triedAt.getTime();
  return now.getTime() - projectSettings.parse(live.release?.settings ?? {}).healthCheckTimeoutMs;
}

async function noteExit(tx: Transaction, live: LiveEnvironment, { instanceId, exit }: Ended): Promise<void> {
  const { reason, exitCode, message } = exit;
  if (instanceId) {
    const state = reason === 'UNHEALTHY' ? {} : ({ state: 'CRASHED', stoppedAt: new Date(exit.at) } as const);
    await tx.instance.updateMany({
      where: { id: instanceId, state: { notIn: ['STOPPED', 'CRASHED'] } },
      data: { ...state, exitCode, reason },
    });
  }
  await appendHappening(tx, live, events[reason], { exitCode, message });
}

const events = {
  CRASHED: 'instance.crashed',
  OUT_OF_MEMORY: 'instance.oom_killed',
  UNHEALTHY: 'instance.unhealthy',
  NEVER_HEALTHY: 'instance.unhealthy',
  LOST: 'instance.lost',
} as const satisfies Record<ExitReason, string>;
