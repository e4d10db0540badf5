import type { Deployment, DeploymentFailure, LogLine } from '../types.js';
import type { FailureCode, DeploymentStageName } from '../generated/types.js';
import { ApploydError } from './apployd-error.js';

/** The deployment ended FAILED. The message is the platform's sentence with the end of the build log below it. */
export class DeploymentFailedError extends ApploydError {
  override readonly name = 'DeploymentFailedError';
  /** Why, as a word: BUILD_ERROR, PORT_NOT_OPEN, … */
  readonly code: FailureCode;
  /** The stage that it happened in. */
  readonly stage: DeploymentStageName | null;
  readonly failure: DeploymentFailure | null;
  readonly deployment: Deployment;
  /** The last lines of the build log, 20 at most, oldest first; empty when they could not be read. */
  readonly logTail: readonly LogLine[];
  constructor(deployment: Deployment, logTail: readonly LogLine[]) {
    const { failure } = deployment;
    super(
      [
        `Deployment ${deployment.number} failed${failure ? ` at ${failure.stage}: ${failure.message} (${failure.code})` : '.'}`,
        ...logTail.map(({ message }) => `  | ${message}`),
      ].join('\n'),
    );
    this.code = failure?.code ?? 'INTERNAL';
    this.stage = failure?.stage ?? null;
    this.failure = failure;
    this.deployment = deployment;
    this.logTail = logTail;
  }
}

/** Somebody canceled the deployment before it was READY. */
export class DeploymentCanceledError extends ApploydError {
  override readonly name = 'DeploymentCanceledError';
  readonly deployment: Deployment;
  constructor(deployment: Deployment) {
    super(`Deployment ${deployment.number} was canceled.`);
    this.deployment = deployment;
  }
}

/** A newer deployment of the same environment made this one pointless before it was READY. */
export class DeploymentSupersededError extends ApploydError {
  override readonly name = 'DeploymentSupersededError';
  readonly deployment: Deployment;
  constructor(deployment: Deployment) {
    super(`Deployment ${deployment.number} was superseded by a newer one.`);
    this.deployment = deployment;
  }
}
