import { DeploymentFailure } from '@apployd/core/failure';
import { sliceViolations } from '@apployd/core/pool-rules';
import type { Allocation, Process } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { Run } from './run.js';

/** The process to start, as it is now: the project's slice may have shrunk, or gone, while the release was built. */
export async function requireSlice(engine: Engine, { deployment }: Run): Promise<Process> {
  const { allocation, environments } = await engine.db.project.findUniqueOrThrow({
    where: { id: deployment.projectId },
    select: { allocation: true, environments: { where: { deletesAt: null }, select: { id: true, processes: true } } },
  });
  requireRoom(
    deployment.projectId,
    allocation,
    environments.flatMap(({ processes }) => processes),
  );
  const own = environments.find(({ id }) => id === deployment.environmentId);
  const web = own?.processes.find(({ name }) => name === 'web');
  if (web) return web;
  const message = 'The environment has no web process. Ask the operator to mend it.';
  throw new DeploymentFailure('INTERNAL', 'START', message);
}

function requireRoom(projectId: string, allocation: Allocation | null, processes: readonly Process[]): void {
  const slice = allocation && {
    memoryBytes: Number(allocation.memoryBytes),
    cpuMillicores: allocation.cpuMillicores,
    bandwidthBytesPerMonth: Number(allocation.bandwidthBytesPerMonth),
  };
  const demands = processes.map(({ desiredInstances, chosenMemoryBytes, chosenCpuMillicores }) => ({
    instances: desiredInstances,
    memoryBytes: chosenMemoryBytes === null ? null : Number(chosenMemoryBytes),
    cpuMillicores: chosenCpuMillicores,
  }));
  const [violation] = sliceViolations(projectId, slice, demands);
  if (!violation) return;
  const advice = 'Give the project a larger slice of the pool, or run fewer or smaller instances; then deploy again.';
  throw new DeploymentFailure('SLICE_TOO_SMALL', 'START', `${violation.message} ${advice}`);
}
