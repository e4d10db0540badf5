import { cgroupUsage } from './process-cgroup.js';
import type { ProcessRecord } from './process-record.js';
import { processTree } from './process-tree.js';
import type { InstanceUsage } from './runtime.js';

/** What an instance uses; null when its control group is gone. */
export async function processUsage(record: ProcessRecord): Promise<InstanceUsage | null> {
  if (record.cgroup) return cgroupUsage(record.cgroup);
  const tree = await processTree(record);
  const sum = (of: (entry: (typeof tree)[number]) => number) => tree.reduce((total, entry) => total + of(entry), 0);
  return { memoryBytes: sum(({ residentBytes }) => residentBytes), cpuMs: sum(({ cpuMs }) => cpuMs), at: new Date() };
}
