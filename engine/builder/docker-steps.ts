import type Dockerode from 'dockerode';
import { callOptions } from '../runtime/docker-call.js';
import { managedLabel } from '../runtime/docker-labels.js';

/**
 * Removes the steps that builds left as a cache: images of ours that no image with a name stands on, as builds leave
 * them that failed, were cancelled or whose engine was killed. Docker keeps what a container still uses.
 */
export async function forgetDockerSteps(docker: Dockerode, keepMs: number): Promise<void> {
  const filters = {
    dangling: ['true'],
    label: [`${managedLabel}=true`],
    until: [`${Math.ceil(keepMs / 1000)}s`],
  };
  await docker.pruneImages({ filters, ...callOptions(pruneDeadlineMs) });
}

const pruneDeadlineMs = 5 * 60_000;
