import type { WorkStage } from '@apployd/core/deployment';
import { DeploymentFailure, type FailureCode } from '@apployd/core/failure';

const failures: Readonly<Record<WorkStage, readonly [code: FailureCode, what: string, advice: string]>> = {
  FETCH: [
    'SOURCE_TIMEOUT',
    'Fetching the source',
    'Make it smaller, or see whether its host is slow; then deploy again.',
  ],
  BUILD: ['BUILD_TIMEOUT', 'The build', 'Have it do less, or do it before; then deploy again.'],
  RELEASE: [
    'RELEASE_COMMAND_TIMEOUT',
    'The release command',
    'See in the log where it hung, and have it do less; then deploy again.',
  ],
  START: ['START_TIMEOUT', 'Starting the instances', 'Deploy again, and tell the operator when it lasts.'],
  HEALTH_CHECK: ['HEALTH_CHECK_TIMEOUT', 'Becoming healthy', 'Have the app answer its health check sooner.'],
  SWITCH: [
    'ROUTE_TIMEOUT',
    'Sending the visitors to the new release',
    'Deploy again, and tell the operator when it lasts.',
  ],
};

/** What a deployment fails with that was too long in a stage. */
export function stageTimeout(stage: WorkStage, ms: number): DeploymentFailure {
  const [code, what, advice] = failures[stage];
  const message = `${what} took longer than the ${ms / 1000} s that it may. The former release stays live. ${advice}`;
  return new DeploymentFailure(code, stage, message);
}
