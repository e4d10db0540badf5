import type { Instance, Prisma } from '@apployd/prisma/generated/client/client';
import type { InstanceReport } from '../runtime/runtime.js';

/** What tells whether all of a rollout's instances are there. */
export const withInstances = {
  instances: { where: { isReleaseCommand: false }, orderBy: { id: 'asc' } },
  steps: { where: { name: 'START' }, select: { startedAt: true } },
} as const satisfies Prisma.DeploymentSelect;

export type WithInstances = Prisma.DeploymentGetPayload<{ select: typeof withInstances }>;

/**
 * What has become of a rollout's instances by their rows, in a sentence, where not all of them run any more: it is to end then.
 * Those that ended before the last start are of an earlier try. Null: they are all there.
 */
export function lostOf({ instances, steps }: WithInstances): string | null {
  const since = steps[0]?.startedAt ?? new Date(0);
  const gone = instances.find(
    ({ state, stoppedAt }) => endStates.includes(state) && (stoppedAt === null || stoppedAt > since),
  );
  if (gone) return howEnded(gone);
  return instances.some(({ state }) => state === 'RUNNING') ? null : 'No instance of the new release runs any more.';
}

const endStates: readonly Instance['state'][] = ['STOPPING', 'STOPPED', 'CRASHED'];

/** What a row says of an instance that does not run. */
export function endOf(report: InstanceReport): Pick<Instance, 'exitCode' | 'reason'> {
  if (report.state !== 'ended') return { exitCode: null, reason: 'LOST' };
  return { exitCode: report.exitCode, reason: report.outOfMemory ? 'OUT_OF_MEMORY' : 'ENDED' };
}

/** That an instance of the new release ended, and how where that is known. */
export function howEnded({ exitCode, reason }: Pick<Instance, 'exitCode' | 'reason'>): string {
  const how =
    reason === 'OUT_OF_MEMORY' ? ' for want of memory' : exitCode === null ? '' : ` with exit code ${exitCode}`;
  return `An instance of the new release ended${how}.`;
}
