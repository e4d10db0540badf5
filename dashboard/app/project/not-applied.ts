import type { Project } from './use-project.js';

/**
 * The variables that changed since the live deployment took them; none while another is on its way, which will take them.
 * A failed one has not: then they are told again.
 */
export function notApplied({ productionEnvironment, deployments }: Project, isMoving: boolean): readonly string[] {
  const { liveDeployment, variables } = productionEnvironment;
  const live = deployments.nodes.find(({ id }) => id === liveDeployment?.id);
  if (!live?.startedAt || isMoving) return [];
  const takenAt = Date.parse(live.startedAt);
  return variables.filter(({ updatedAt }) => Date.parse(updatedAt) > takenAt).map(({ key }) => key);
}
