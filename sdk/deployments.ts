import { type Calls, found, keyed, unwrap } from './calls.js';
import {
  DeploymentCancelDocument,
  DeploymentCreateDocument,
  DeploymentDocument,
  DeploymentPromoteDocument,
  DeploymentRedeployDocument,
  DeploymentRollbackDocument,
  DeploymentRolloutDocument,
  EnvironmentDeploymentListDocument,
  ProjectDeploymentListDocument,
  RolloutAbortDocument,
  RolloutPromoteDocument,
} from './generated/operations.js';
import type {
  DeploymentCancelMutation,
  DeploymentCreateInput,
  DeploymentCreateMutation,
  DeploymentPromoteInput,
  DeploymentPromoteMutation,
  DeploymentRedeployInput,
  DeploymentRedeployMutation,
  DeploymentRollbackInput,
  DeploymentRollbackMutation,
  RolloutAbortMutation,
  RolloutPromoteMutation,
} from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import type { Logs } from './logs.js';
import { type List, pages } from './pages.js';
import type { FollowOptions, LogFollower } from './stream/follow.js';
import type { Deployment, ResultOf, Rollout } from './types.js';
import { wait, type WaitOptions } from './wait/wait.js';

/** A deployment as it was when it was asked for, and what can be done with it. */
export type DeploymentHandle = Deployment & {
  /**
   * Resolves with the READY deployment (its `url` answers). Throws DeploymentFailedError (code, stage, log tail), DeploymentCanceledError,
   * DeploymentSupersededError; TimeoutError after `timeoutMs`. Survives broken connections. When waiting is given up the deployment goes on.
   */
  wait(options?: WaitOptions): Promise<Deployment>;
  /** Asks for the end of it. Throws InvalidStateError when it has already ended. */
  cancel(options?: RequestOptions): Promise<Deployment>;
  /** The build log from the beginning, until it ends. */
  logs(options?: FollowOptions): LogFollower;
};

/** Of one project, or of one environment. */
export type DeploymentsOf =
  | { readonly projectId: string; readonly environmentId?: never }
  | { readonly environmentId: string; readonly projectId?: never };

export interface Deployments {
  /**
   * Starts a deployment: of the repository's default branch, of `source.git.ref`, or of an uploaded archive. Older ones of the environment
   * that wait or are built end as SUPERSEDED, unless `supersede: false` or the project's settings say otherwise.
   * Throws ValidationError, NotFoundError, ForbiddenError, InvalidStateError, QuotaExceededError, IdempotencyError.
   */
  create(input: DeploymentCreateInput, options?: KeyedOptions): Promise<DeploymentHandle>;
  /**
   * Starts a deployment that brings an earlier release back: of `toDeploymentId`, or of the one that was live before. Builds nothing.
   * `restoreVariables` brings the variables of that time back, too. Holds back what would deploy by itself until it is resumed.
   * Throws ValidationError, NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError.
   */
  rollback(input: DeploymentRollbackInput, options?: KeyedOptions): Promise<DeploymentHandle>;
  /**
   * Starts a deployment of the same commit or upload, built with the settings and the variables of now; where nothing of that has
   * changed its image is used again.
   * Throws NotFoundError, ForbiddenError, InvalidStateError (its upload is gone), QuotaExceededError, IdempotencyError.
   */
  redeploy(input: DeploymentRedeployInput, options?: KeyedOptions): Promise<DeploymentHandle>;
  /**
   * Starts a deployment that brings the release of `deploymentId` live in another environment of its project, with the variables there.
   * Builds nothing. Throws NotFoundError, ForbiddenError, InvalidStateError, QuotaExceededError, IdempotencyError.
   */
  promote(input: DeploymentPromoteInput, options?: KeyedOptions): Promise<DeploymentHandle>;
  /** Throws NotFoundError, ForbiddenError, InvalidStateError (it has ended), IdempotencyError. */
  cancel(deploymentId: string, options?: KeyedOptions): Promise<Deployment>;
  /** How far it is with its visitors; null where they come, or came, all at once. Throws NotFoundError. */
  rollout(id: string, options?: RequestOptions): Promise<Rollout | null>;
  /**
   * Gives the new release all visitors now, whatever step its rollout is at.
   * Throws NotFoundError, ForbiddenError, InvalidStateError (no rollout is under way), IdempotencyError.
   */
  promoteRollout(deploymentId: string, options?: KeyedOptions): Promise<Deployment>;
  /**
   * Gives the former release all visitors back; the new one ends as CANCELED.
   * Throws NotFoundError, ForbiddenError, InvalidStateError (no rollout is under way), IdempotencyError.
   */
  abortRollout(deploymentId: string, options?: KeyedOptions): Promise<Deployment>;
  /** Throws NotFoundError. */
  get(id: string, options?: RequestOptions): Promise<DeploymentHandle>;
  /** Newest first. */
  list(of: DeploymentsOf, options?: RequestOptions): List<Deployment>;
}

export interface TryDeployments {
  create(input: DeploymentCreateInput, options?: KeyedOptions): Promise<ResultOf<DeploymentCreateMutation>>;
  rollback(input: DeploymentRollbackInput, options?: KeyedOptions): Promise<ResultOf<DeploymentRollbackMutation>>;
  redeploy(input: DeploymentRedeployInput, options?: KeyedOptions): Promise<ResultOf<DeploymentRedeployMutation>>;
  promote(input: DeploymentPromoteInput, options?: KeyedOptions): Promise<ResultOf<DeploymentPromoteMutation>>;
  cancel(deploymentId: string, options?: KeyedOptions): Promise<ResultOf<DeploymentCancelMutation>>;
  promoteRollout(deploymentId: string, options?: KeyedOptions): Promise<ResultOf<RolloutPromoteMutation>>;
  abortRollout(deploymentId: string, options?: KeyedOptions): Promise<ResultOf<RolloutAbortMutation>>;
}

export function tryDeployments({ mutate }: Calls): TryDeployments {
  return {
    create: (input, options) => mutate(DeploymentCreateDocument, { input: keyed(input, options) }, options),
    rollback: (input, options) => mutate(DeploymentRollbackDocument, { input: keyed(input, options) }, options),
    redeploy: (input, options) => mutate(DeploymentRedeployDocument, { input: keyed(input, options) }, options),
    promote: (input, options) => mutate(DeploymentPromoteDocument, { input: keyed(input, options) }, options),
    cancel: (deploymentId, options) =>
      mutate(DeploymentCancelDocument, { input: keyed({ deploymentId }, options) }, options),
    promoteRollout: (deploymentId, options) =>
      mutate(RolloutPromoteDocument, { input: keyed({ deploymentId }, options) }, options),
    abortRollout: (deploymentId, options) =>
      mutate(RolloutAbortDocument, { input: keyed({ deploymentId }, options) }, options),
  };
}

export function deployments(calls: Calls, logs: Logs, attempt: TryDeployments): Deployments {
  const cancel = async (id: string, options?: RequestOptions) => unwrap(await attempt.cancel(id, options)).deployment;
  const handle = (deployment: Deployment): DeploymentHandle => ({
    ...deployment,
    wait: (options = {}) => wait({ calls, logs, cancel }, deployment.id, options),
    cancel: (options) => cancel(deployment.id, options),
    logs: (options) => logs.follow({ deploymentId: deployment.id }, options),
  });
  return {
    create: async (...call) => handle(unwrap(await attempt.create(...call)).deployment),
    rollback: async (...call) => handle(unwrap(await attempt.rollback(...call)).deployment),
    redeploy: async (...call) => handle(unwrap(await attempt.redeploy(...call)).deployment),
    promote: async (...call) => handle(unwrap(await attempt.promote(...call)).deployment),
    cancel,
    promoteRollout: async (...call) => unwrap(await attempt.promoteRollout(...call)).deployment,
    abortRollout: async (...call) => unwrap(await attempt.abortRollout(...call)).deployment,
    rollout: async (id, options) =>
      found((await calls.request(DeploymentRolloutDocument, { id }, options)).deployment, 'deployment', id).rollout,
    get: async (id, options) =>
      handle(found((await calls.request(DeploymentDocument, { id }, options)).deployment, 'deployment', id)),
    list: (of, options) => listOf(calls, of, options),
  };
}

function listOf({ request }: Calls, of: DeploymentsOf, options?: RequestOptions): List<Deployment> {
  if (of.projectId !== undefined) {
    const { projectId } = of;
    return pages(async (after, first) => {
      const { project } = await request(ProjectDeploymentListDocument, { projectId, after, first }, options);
      return found(project, 'project', projectId).deployments;
    });
  }
  const { environmentId } = of;
  return pages(async (after, first) => {
    const { environment } = await request(EnvironmentDeploymentListDocument, { environmentId, after, first }, options);
    return found(environment, 'environment', environmentId).deployments;
  });
}
