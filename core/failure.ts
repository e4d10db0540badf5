import type { DeploymentStageName } from './deployment.js';

/** Why a deployment FAILED. `userFixable` tells the customer's mistakes from our faults. */
export const failures = {
  SOURCE_UNAVAILABLE: { userFixable: true },
  SOURCE_REF_NOT_FOUND: { userFixable: true },
  SOURCE_TOO_LARGE: { userFixable: true },
  SOURCE_INVALID: { userFixable: true },
  SOURCE_TIMEOUT: { userFixable: true },
  NO_BUILD_PLAN: { userFixable: true },
  BUILD_SECRETS_UNSUPPORTED: { userFixable: true },
  BUILD_ERROR: { userFixable: true },
  BUILD_TIMEOUT: { userFixable: true },
  RELEASE_COMMAND_FAILED: { userFixable: true },
  RELEASE_COMMAND_TIMEOUT: { userFixable: true },
  IMAGE_PULL: { userFixable: true },
  OUT_OF_MEMORY: { userFixable: true },
  START_CRASH: { userFixable: true },
  START_TIMEOUT: { userFixable: false },
  PORT_NOT_OPEN: { userFixable: true },
  HEALTH_CHECK_TIMEOUT: { userFixable: true },
  SLICE_TOO_SMALL: { userFixable: true },
  RELEASE_GONE: { userFixable: true },
  SERVER_FULL: { userFixable: false },
  VOLUME_ELSEWHERE: { userFixable: false },
  HOSTNAME_TAKEN: { userFixable: false },
  ROLLOUT_ABORTED: { userFixable: true },
  ROUTE_TIMEOUT: { userFixable: false },
  INTERNAL: { userFixable: false },
} as const satisfies Record<string, { readonly userFixable: boolean }>;

export type FailureCode = keyof typeof failures;
export const failureCodes = Object.keys(failures) as FailureCode[];

/** Ends a deployment as FAILED: a code, a sentence that says what to do, and the stage it happened in. Never retried. */
export class DeploymentFailure extends Error {
  override readonly name = 'DeploymentFailure';
  readonly code: FailureCode;
  readonly stage: DeploymentStageName;
  readonly exitCode: number | null;
  constructor(code: FailureCode, stage: DeploymentStageName, message: string, exitCode: number | null = null) {
    super(message);
    this.code = code;
    this.stage = stage;
    this.exitCode = exitCode;
  }
}
