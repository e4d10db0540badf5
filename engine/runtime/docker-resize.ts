import type Docker from 'dockerode';
import type { InstanceLimits } from '@apployd/core/demand';
import { callOptions, statusOf, unlessGone } from './docker-call.js';
import { hostLimits } from './docker-container.js';
import { isOurs } from './docker-labels.js';
import { leavesRoom } from './leaves-room.js';
import type { InstanceUsage } from './runtime.js';

type Resizing = {
  readonly container: Docker.Container;
  readonly limits: InstanceLimits;
  /** Of the machine. */
  readonly cpus: number;
  readonly usage: () => Promise<InstanceUsage | null>;
};

/** Changes the limits of a running container in place, or leaves it alone. */
export async function resizeContainer(resizing: Resizing): Promise<'applied' | 'needs-restart'> {
  const { container, limits, cpus, usage } = resizing;
  const info = await unlessGone(container.inspect(callOptions()));
  if (!info?.State.Running || !isOurs(info)) return 'needs-restart';
  if (limits.memoryBytes < (info.HostConfig.Memory ?? 0)) {
    const used = await usage();
    if (!used || !leavesRoom(used.memoryBytes, limits.memoryBytes)) return 'needs-restart';
  }
  try {
    await container.update({ ...hostLimits(limits, cpus), ...callOptions() });
    return 'applied';
  } catch (error) {
    // Docker answered: it has gone meanwhile, or the kernel will not have it. Either way it runs on as it did.
    if (statusOf(error) !== null) return 'needs-restart';
    throw error;
  }
}
