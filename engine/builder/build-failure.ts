import { DeploymentFailure } from '@apployd/core/failure';
import { describeBytes } from '@apployd/core/resources';
import { isTimeout } from '../command/stoppable.js';

export function outOfMemory(memoryBytes: number, exitCode: number | null): DeploymentFailure {
  return new DeploymentFailure(
    'OUT_OF_MEMORY',
    'BUILD',
    `The build needed more than its ${describeBytes(memoryBytes)} of memory. Let it do less at once, or build before you push.`,
    exitCode,
  );
}

export function noBuildPlan(message: string): DeploymentFailure {
  return new DeploymentFailure('NO_BUILD_PLAN', 'BUILD', message);
}

export function buildError(message: string, exitCode: number | null = null): DeploymentFailure {
  return new DeploymentFailure('BUILD_ERROR', 'BUILD', message, exitCode);
}

/** What ended a build early: its deadline is the customer's to mend, everything else is passed on. */
export function whyEnded(reason: unknown): unknown {
  return isTimeout(reason)
    ? new DeploymentFailure(
        'BUILD_TIMEOUT',
        'BUILD',
        'The build did not end within its time limit. See in the log where it hung, and let it do less.',
      )
    : reason;
}
