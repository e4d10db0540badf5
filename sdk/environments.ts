import { type Calls, found, keyed, unwrap } from './calls.js';
import {
  EnvironmentAutoDeployResumeDocument,
  EnvironmentCreateDocument,
  EnvironmentDeleteDocument,
  EnvironmentEdgeDocument,
  EnvironmentEdgeUpdateDocument,
  EnvironmentRolloutDocument,
  EnvironmentRolloutUpdateDocument,
  EnvironmentDocument,
  EnvironmentLastExitDocument,
  EnvironmentListDocument,
  EnvironmentResourcesHistoryDocument,
  EnvironmentRestartDocument,
  EnvironmentRestoreDocument,
  EnvironmentSleepDocument,
  EnvironmentStartDocument,
  EnvironmentStopDocument,
  EnvironmentUpdateDocument,
  EnvironmentWakeDocument,
  EnvironmentWakesDocument,
} from './generated/operations.js';
import type {
  EnvironmentAutoDeployResumeMutation,
  EnvironmentCreateInput,
  EnvironmentCreateMutation,
  EnvironmentDeleteInput,
  EnvironmentDeleteMutation,
  EnvironmentEdgeUpdateInput,
  EnvironmentEdgeUpdateMutation,
  EnvironmentRolloutUpdateInput,
  EnvironmentRolloutUpdateMutation,
  EnvironmentRestartMutation,
  EnvironmentRestoreMutation,
  EnvironmentSleepMutation,
  EnvironmentStartMutation,
  EnvironmentStopMutation,
  EnvironmentUpdateInput,
  EnvironmentUpdateMutation,
  EnvironmentWakeMutation,
} from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type {
  Environment,
  EnvironmentEdge,
  EnvironmentResourcesVersion,
  EnvironmentRollout,
  EnvironmentWakes,
  InstanceExit,
  PayloadOf,
  ResultOf,
} from './types.js';

export interface Environments {
  /** Throws NotFoundError. */
  get(id: string, options?: RequestOptions): Promise<Environment>;
  /**
   * How an instance of what is live ended last that nobody had ended, with what it printed last; null when none did. A token needs the
   * scope LOG_READ. Throws NotFoundError.
   */
  lastExit(id: string, options?: RequestOptions): Promise<InstanceExit | null>;
  /** What edges do for it by themselves, and the version of that. Throws NotFoundError. */
  edge(id: string, options?: RequestOptions): Promise<EnvironmentEdge>;
  /** How new releases come to its visitors, and the version of that. Throws NotFoundError. */
  rollout(id: string, options?: RequestOptions): Promise<EnvironmentRollout>;
  /** Production first; those that are being deleted among them: their `deletesAt` is set. */
  list(of: { readonly projectId: string }, options?: RequestOptions): List<Environment>;
  /** Who chose how many instances of which size when, newest first. Throws NotFoundError. */
  resourcesHistory(of: { readonly environmentId: string }, options?: RequestOptions): List<EnvironmentResourcesVersion>;
  /**
   * Makes another running copy of a project, such as staging, with its own address and variables; `copyFromId` has it begin with those of
   * another. Its instances fit inside the project's slice, which environments without limits of their own share: `resizes` says whose
   * running instances change by that. Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (the slug is taken),
   * InvalidStateError (its project is being deleted), QuotaExceededError, PlanLimitError (there are too many), IdempotencyError.
   */
  create(input: EnvironmentCreateInput, options?: KeyedOptions): Promise<PayloadOf<EnvironmentCreateMutation>>;
  /**
   * How many instances run, and what each may use: all of them fit inside the project's slice. `null` for an amount shares what the slice
   * has left among them. `resizes` says how those that run come to it: LIVE, REPLACE, or LIVE_OR_REPLACE.
   * Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (another `expectedVersion`), InvalidStateError (its project is
   * being deleted), QuotaExceededError, IdempotencyError.
   */
  update(input: EnvironmentUpdateInput, options?: KeyedOptions): Promise<PayloadOf<EnvironmentUpdateMutation>>;
  /**
   * Changes what edges do for it by themselves, at once: a maintenance page, users with passwords, response headers, www or not, the size of
   * bodies, how much visitors may ask. What is absent stays, `null` gives the default back. Throws ValidationError, NotFoundError,
   * ForbiddenError, ConflictError (another `expectedVersion`), InvalidStateError (its project is being deleted), IdempotencyError.
   */
  updateEdge(
    input: EnvironmentEdgeUpdateInput,
    options?: KeyedOptions,
  ): Promise<PayloadOf<EnvironmentEdgeUpdateMutation>>;
  /**
   * Changes by which steps new releases come to their visitors, and by which rule they are taken back, from the next deployment on. What
   * is absent stays, `null` gives the default back. Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (another
   * `expectedVersion`), InvalidStateError (its project is being deleted), IdempotencyError.
   */
  updateRollout(
    input: EnvironmentRolloutUpdateInput,
    options?: KeyedOptions,
  ): Promise<PayloadOf<EnvironmentRolloutUpdateMutation>>;
  /**
   * Has new instances of what is live take over from those that run, without a build and without a pause.
   * Throws NotFoundError, ForbiddenError, InvalidStateError (it is stopped, or nothing is live), IdempotencyError.
   */
  restart(environmentId: string, options?: KeyedOptions): Promise<Environment>;
  /**
   * Ends what runs and cancels what is on its way; the release is kept.
   * Throws NotFoundError, ForbiddenError, InvalidStateError (its project is being deleted), IdempotencyError.
   */
  stop(environmentId: string, options?: KeyedOptions): Promise<Environment>;
  /**
   * Brings back what was live when it was stopped, without a build.
   * Throws NotFoundError, ForbiddenError, InvalidStateError (nothing was live), QuotaExceededError, IdempotencyError.
   */
  start(environmentId: string, options?: KeyedOptions): Promise<Environment>;
  /**
   * Puts what runs to sleep once nobody is served any more, lightly unless `depth` is DEEP; the next visitor wakes it. Where somebody
   * goes on being served, or an edge does not tell, it stays awake: an `environment.stayed_awake` event says why. Throws
   * NotFoundError, ForbiddenError, InvalidStateError (it does not run), IdempotencyError.
   */
  sleep(environmentId: string, options?: KeyedOptions & Depth): Promise<Environment>;
  /**
   * Wakes what sleeps before a visitor comes; for `keepAwakeMinutes` it does not fall asleep by itself, and 0 ends that. Throws
   * ValidationError (PLAN_LIMIT where the plan sends projects to sleep), NotFoundError, ForbiddenError, InvalidStateError (it is stopped), IdempotencyError.
   */
  wake(environmentId: string, options?: KeyedOptions & Awake): Promise<Environment>;
  /** How long its last wakes took, by how deep it had slept; `wakeEta` is how long the next one takes as a rule, null while it is awake. */
  wakes(id: string, options?: RequestOptions): Promise<EnvironmentWakes>;
  /**
   * Lets what a rollback holds back deploy by itself again.
   * Throws NotFoundError, ForbiddenError, InvalidStateError (its project is being deleted), IdempotencyError.
   */
  resumeAutoDeploy(environmentId: string, options?: KeyedOptions): Promise<Environment>;
  /**
   * Stops the environment at once. `restore` undoes it for 72 hours, until `deletesAt`; then it is erased with its releases, variables, volumes and
   * logs. `confirmSlug` is its slug. Throws ValidationError, NotFoundError, ForbiddenError, InvalidStateError (it is production, or
   * deleted already), IdempotencyError.
   */
  delete(input: EnvironmentDeleteInput, options?: KeyedOptions): Promise<PayloadOf<EnvironmentDeleteMutation>>;
  /**
   * Brings a deleted environment back with what was live in it. Throws NotFoundError, ForbiddenError, InvalidStateError (it is not
   * deleted, or its time is over), QuotaExceededError (the slice has no room for it any more), IdempotencyError.
   */
  restore(environmentId: string, options?: KeyedOptions): Promise<PayloadOf<EnvironmentRestoreMutation>>;
}

export interface TryEnvironments {
  create(input: EnvironmentCreateInput, options?: KeyedOptions): Promise<ResultOf<EnvironmentCreateMutation>>;
  update(input: EnvironmentUpdateInput, options?: KeyedOptions): Promise<ResultOf<EnvironmentUpdateMutation>>;
  updateEdge(
    input: EnvironmentEdgeUpdateInput,
    options?: KeyedOptions,
  ): Promise<ResultOf<EnvironmentEdgeUpdateMutation>>;
  updateRollout(
    input: EnvironmentRolloutUpdateInput,
    options?: KeyedOptions,
  ): Promise<ResultOf<EnvironmentRolloutUpdateMutation>>;
  restart(environmentId: string, options?: KeyedOptions): Promise<ResultOf<EnvironmentRestartMutation>>;
  stop(environmentId: string, options?: KeyedOptions): Promise<ResultOf<EnvironmentStopMutation>>;
  start(environmentId: string, options?: KeyedOptions): Promise<ResultOf<EnvironmentStartMutation>>;
  sleep(id: string, options?: KeyedOptions & Depth): Promise<ResultOf<EnvironmentSleepMutation>>;
  wake(id: string, options?: KeyedOptions & Awake): Promise<ResultOf<EnvironmentWakeMutation>>;
  resumeAutoDeploy(id: string, options?: KeyedOptions): Promise<ResultOf<EnvironmentAutoDeployResumeMutation>>;
  delete(input: EnvironmentDeleteInput, options?: KeyedOptions): Promise<ResultOf<EnvironmentDeleteMutation>>;
  restore(environmentId: string, options?: KeyedOptions): Promise<ResultOf<EnvironmentRestoreMutation>>;
}

type Depth = { readonly depth?: 'LIGHT' | 'DEEP' };
type Awake = { readonly keepAwakeMinutes?: number };

export function tryEnvironments({ mutate }: Calls): TryEnvironments {
  const of = (environmentId: string, options?: KeyedOptions) => ({ input: keyed({ environmentId }, options) });
  return {
    create: (input, options) => mutate(EnvironmentCreateDocument, { input: keyed(input, options) }, options),
    update: (input, options) => mutate(EnvironmentUpdateDocument, { input: keyed(input, options) }, options),
    updateRollout: (input, options) =>
      mutate(EnvironmentRolloutUpdateDocument, { input: keyed(input, options) }, options),
    updateEdge: (input, options) => mutate(EnvironmentEdgeUpdateDocument, { input: keyed(input, options) }, options),
    restart: (id, options) => mutate(EnvironmentRestartDocument, of(id, options), options),
    stop: (id, options) => mutate(EnvironmentStopDocument, of(id, options), options),
    start: (id, options) => mutate(EnvironmentStartDocument, of(id, options), options),
    sleep: (environmentId, { depth, ...options } = {}) =>
      mutate(EnvironmentSleepDocument, { input: keyed({ environmentId, depth }, options) }, options),
    wake: (environmentId, { keepAwakeMinutes, ...options } = {}) =>
      mutate(EnvironmentWakeDocument, { input: keyed({ environmentId, keepAwakeMinutes }, options) }, options),
    resumeAutoDeploy: (id, options) => mutate(EnvironmentAutoDeployResumeDocument, of(id, options), options),
    delete: (input, options) => mutate(EnvironmentDeleteDocument, { input: keyed(input, options) }, options),
    restore: (id, options) => mutate(EnvironmentRestoreDocument, of(id, options), options),
  };
}

export function environments({ request }: Calls, attempt: TryEnvironments): Environments {
  return {
    get: async (id, options) =>
      found((await request(EnvironmentDocument, { id }, options)).environment, 'environment', id),
    rollout: async (id, options) =>
      found((await request(EnvironmentRolloutDocument, { id }, options)).environment, 'environment', id),
    edge: async (id, options) =>
      found((await request(EnvironmentEdgeDocument, { id }, options)).environment, 'environment', id),
    lastExit: async (id, options) =>
      found((await request(EnvironmentLastExitDocument, { id }, options)).environment, 'environment', id).lastExit,
    list: ({ projectId }, options) =>
      pages(async (after, first) => {
        const { project } = await request(EnvironmentListDocument, { projectId, after, first }, options);
        return found(project, 'project', projectId).environments;
      }),
    resourcesHistory: ({ environmentId }, options) =>
      pages(async (after, first) => {
        const { environment } = await request(
          EnvironmentResourcesHistoryDocument,
          { environmentId, after, first },
          options,
        );
        return found(environment, 'environment', environmentId).resourcesHistory;
      }),
    create: async (...call) => unwrap(await attempt.create(...call)),
    update: async (...call) => unwrap(await attempt.update(...call)),
    updateRollout: async (...call) => unwrap(await attempt.updateRollout(...call)),
    updateEdge: async (...call) => unwrap(await attempt.updateEdge(...call)),
    restart: async (...call) => unwrap(await attempt.restart(...call)).environment,
    stop: async (...call) => unwrap(await attempt.stop(...call)).environment,
    start: async (...call) => unwrap(await attempt.start(...call)).environment,
    sleep: async (...call) => unwrap(await attempt.sleep(...call)).environment,
    wake: async (...call) => unwrap(await attempt.wake(...call)).environment,
    wakes: async (id, options) =>
      found((await request(EnvironmentWakesDocument, { id }, options)).environment, 'environment', id),
    resumeAutoDeploy: async (...call) => unwrap(await attempt.resumeAutoDeploy(...call)).environment,
    delete: async (...call) => unwrap(await attempt.delete(...call)),
    restore: async (...call) => unwrap(await attempt.restore(...call)),
  };
}
