import { deploymentStages } from '@apployd/core/deployment';
import { DeploymentFailure, failureCodes } from '@apployd/core/failure';
import type { Engine } from '../engine.js';
import type { Run } from './run.js';

/**
 * Keeps why the deployment is to end, before anything of it is removed: a worker that dies midway leaves to its successor
 * what cannot be tried again, and the successor ends it for the same reason.
 */
export async function noteFailure(
  engine: Engine,
  { deployment, fence, variables }: Run,
  failure: DeploymentFailure,
  failureLogSequence: bigint | null,
): Promise<void> {
  await engine.db.deployment.updateMany({
    where: { id: deployment.id, fence, failureCode: null },
    data: {
      failureCode: failure.code,
      failureMessage: variables.mask(failure.message),
      failureStage: failure.stage,
      failureExitCode: failure.exitCode,
      failureLogSequence,
    },
  });
}

/** The failure that an earlier worker came to. */
export function notedFailure({ deployment }: Run): DeploymentFailure | null {
  const { failureCode, failureMessage, failureStage, failureExitCode } = deployment;
  const code = failureCodes.find((one) => one === failureCode);
  const stage = deploymentStages.find((one) => one === failureStage);
  return code && stage ? new DeploymentFailure(code, stage, failureMessage ?? '', failureExitCode) : null;
}
