import type { InstanceLimits } from '@apployd/core/demand';
import { leavesRoom } from './leaves-room.js';
import { resizeCgroup } from './process-cgroup.js';
import type { ProcessRecord, ProcessRecords } from './process-record.js';
import { processUsage } from './process-usage.js';

/** Changes the limits of what runs, in its control group or for those who watch it, or leaves it alone. */
export async function resizeProcess(
  records: ProcessRecords,
  record: ProcessRecord,
  limits: InstanceLimits,
): Promise<'applied' | 'needs-restart'> {
  if (limits.memoryBytes < record.limits.memoryBytes) {
    const used = await processUsage(record);
    if (!used || !leavesRoom(used.memoryBytes, limits.memoryBytes)) return 'needs-restart';
  }
  const refused = record.cgroup && (await resizeCgroup(record.cgroup, limits).catch(() => 'refused'));
  if (refused) return 'needs-restart';
  await records.update(record.instanceId, (kept) => ({ ...kept, limits }));
  return 'applied';
}
