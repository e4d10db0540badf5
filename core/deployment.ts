/** How far one deployment is. Says nothing about traffic: see ServingState. */
export const deploymentStatuses = [
  'QUEUED',
  'BUILDING',
  'DEPLOYING',
  'READY',
  'FAILED',
  'CANCELED',
  'SUPERSEDED',
] as const;
export type DeploymentStatus = (typeof deploymentStatuses)[number];

/** What may follow what. A retry may find the row half-way, so an active status may follow itself. */
const next = {
  QUEUED: ['BUILDING', 'DEPLOYING', 'FAILED', 'CANCELED', 'SUPERSEDED'],
  BUILDING: ['BUILDING', 'DEPLOYING', 'FAILED', 'CANCELED', 'SUPERSEDED'],
  DEPLOYING: ['DEPLOYING', 'READY', 'FAILED', 'CANCELED', 'SUPERSEDED'],
  READY: [],
  FAILED: [],
  CANCELED: [],
  SUPERSEDED: [],
} as const satisfies Record<DeploymentStatus, readonly DeploymentStatus[]>;

export function mayFollow(from: DeploymentStatus, to: DeploymentStatus): boolean {
  return (next[from] as readonly DeploymentStatus[]).includes(to);
}

/** The statuses from which this one may be entered. */
export function precursors(to: DeploymentStatus): DeploymentStatus[] {
  return deploymentStatuses.filter((from) => mayFollow(from, to));
}

/** READY, FAILED, CANCELED and SUPERSEDED never change again. */
export function isFinal(status: DeploymentStatus): boolean {
  return next[status].length === 0;
}

export const activeStatuses: readonly DeploymentStatus[] = deploymentStatuses.filter((status) => !isFinal(status));

/** Whether a deployment's instances take traffic. */
export const servingStates = ['NONE', 'LIVE', 'STANDBY', 'RETIRED'] as const;
export type ServingState = (typeof servingStates)[number];

export const standbyReasons = ['REPLACED', 'ROLLED_BACK', 'STOPPED', 'SUSPENDED'] as const;
export type StandbyReason = (typeof standbyReasons)[number];

/** What started a deployment. */
export const deploymentTriggers = ['API', 'GIT_PUSH', 'UPLOAD', 'IMAGE', 'ROLLBACK', 'REDEPLOY', 'PROMOTE'] as const;
export type DeploymentTrigger = (typeof deploymentTriggers)[number];

/** What brings a release that is kept live: nothing of it is built, and the release is not its own. */
export const triggersWithoutBuild: readonly DeploymentTrigger[] = ['ROLLBACK', 'PROMOTE'];

/**
 * The steps, in order; without a build it fetches nothing and reuses what was built; RELEASE is passed where there is a
 * command, and ROLLOUT where visitors come step by step.
 */
export const deploymentStages = [
  'QUEUE',
  'FETCH',
  'BUILD',
  'RELEASE',
  'START',
  'HEALTH_CHECK',
  'ROLLOUT',
  'SWITCH',
] as const;
export type DeploymentStageName = (typeof deploymentStages)[number];
/** Those in which something is done: each has a deadline. A rollout goes by its schedule. */
export type WorkStage = Exclude<DeploymentStageName, 'QUEUE' | 'ROLLOUT'>;

/** What came of a stage. */
export const deploymentStageResults = [
  'SUCCEEDED',
  'REUSED',
  'FAILED',
  'CANCELED',
  'SUPERSEDED',
  'INTERRUPTED',
] as const;
export type DeploymentStageResult = (typeof deploymentStageResults)[number];
