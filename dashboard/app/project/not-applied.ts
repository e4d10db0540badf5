import type { Project } from './shown.js';

/**
 * The variables that changed since the live deployment took them; none while another is on its way, which will take them.
 * A failed one has not: then they are told again.
 */
export function notApplied({ environment }: Pick<Project, 'environment'>, isMoving: boolean): readonly string[] {
  const { liveDeployment, variables, deployments } = environment;
  const live = deployments.nodes.find(({ id }) => id === liveDeployment?.id);
  if (!live?.startedAt || isMoving) return [];
  const takenAt = Date.parse(live.startedAt);
  return variables.filter(({ updatedAt }) => Date.parse(updatedAt) > takenAt).map(({ key }) => key);
}
