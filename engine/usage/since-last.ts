import type { Instance } from '@apployd/prisma/generated/client/client';
import type { InstanceUsage } from '../runtime/runtime.js';

/** What an instance uses, and has used since it was looked at last. */
export type Sample = {
  readonly id: string;
  readonly before: Date | null;
  readonly memoryBytes: number;
  /** Since it began. */
  readonly cpuMs: number;
  readonly cpuMillicores: number;
  readonly memoryByteSeconds: number;
  readonly moreCpuMs: number;
};

type Known = Pick<Instance, 'id' | 'usedAt' | 'usedCpuMs' | 'startedAt'>;

/** What it used before is not guessed at where nobody has looked for longer. */
const longestMs = 60 * 60_000;
/** One that nobody has looked at yet counts from its start, when that was a moment ago. */
const firstLookMs = 3 * 60_000;

export function sinceLast({ id, usedAt, usedCpuMs, startedAt }: Known, usage: InstanceUsage, now: Date): Sample {
  const { memoryBytes, cpuMs } = usage;
  const isNew = usedAt === null && startedAt !== null && now.getTime() - startedAt.getTime() < firstLookMs;
  const since = usedAt ?? (isNew ? startedAt : now);
  const passedMs = Math.min(longestMs, Math.max(0, now.getTime() - since.getTime()));
  // Less than before: it was started again under the same name.
  const counted = usedCpuMs !== null && Number(usedCpuMs) <= cpuMs ? Number(usedCpuMs) : 0;
  const moreCpuMs = usedAt || isNew ? cpuMs - counted : 0;
  return {
    ...{ id, before: usedAt, memoryBytes, cpuMs, moreCpuMs },
    cpuMillicores: passedMs === 0 ? 0 : Math.round((moreCpuMs * 1_000) / passedMs),
    memoryByteSeconds: Math.round((memoryBytes * passedMs) / 1_000),
  };
}
