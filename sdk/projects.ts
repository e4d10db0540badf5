import { type Calls, found, keyed, unwrap } from './calls.js';
import { eventList, type EventsOf } from './events.js';
import {
  ProjectCreateDocument,
  ProjectDeleteDocument,
  ProjectDocument,
  ProjectListDocument,
  ProjectRestoreDocument,
  ProjectSettingsHistoryDocument,
  ProjectUpdateDocument,
  ProjectKeepAwakeDocument,
  ProjectUsageDocument,
} from './generated/operations.js';
import type {
  ProjectCreateInput,
  ProjectCreateMutation,
  ProjectDeleteInput,
  ProjectDeleteMutation,
  ProjectRef,
  ProjectRestoreInput,
  ProjectRestoreMutation,
  ProjectUpdateInput,
  ProjectUpdateMutation,
} from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import { type WatchOptions, watchProjects } from './stream/watch-projects.js';
import type {
  KeepAwake,
  PayloadOf,
  Project,
  ProjectEvent,
  ProjectSettingsVersion,
  ProjectUsage,
  ResultOf,
  UsageOptions,
} from './types.js';

export interface Projects {
  /**
   * Makes a project with its production environment; `resources` is its slice of the organization's pool (bytes, thousandths of a core,
   * bytes a month). Throws ValidationError, NotFoundError, ForbiddenError, ConflictError, QuotaExceededError, PlanLimitError, IdempotencyError.
   */
  create(input: ProjectCreateInput, options?: KeyedOptions): Promise<PayloadOf<ProjectCreateMutation>>;
  /** By id, or by path (`organization-slug/project-slug`). Throws NotFoundError. */
  get(by: ProjectRef, options?: RequestOptions): Promise<Project>;
  /**
   * What it has sent to visitors of its slice's bandwidth, and in its last days or hours, oldest first: 30 days unless you say otherwise.
   * Throws NotFoundError.
   */
  usage(by: ProjectRef, options?: UsageOptions): Promise<ProjectUsage>;
  /** The hours in which it does not go to sleep by itself; null: none. `update` changes them. Throws NotFoundError. */
  keepAwake(by: ProjectRef, options?: RequestOptions): Promise<KeepAwake | null>;
  /** Those that are being deleted among them: their `state` is DELETING. */
  list(of: { readonly organizationId: string }, options?: RequestOptions): List<Project>;
  /**
   * Changes what is named and nothing else; `null` clears, or gives a setting its default back. Settings take effect with the next
   * deployment. Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (the slug is taken, another `expectedVersion` or
   * `expectedSettingsVersion`), InvalidStateError (it is being deleted), IdempotencyError.
   */
  update(input: ProjectUpdateInput, options?: KeyedOptions): Promise<PayloadOf<ProjectUpdateMutation>>;
  /**
   * Stops the project at once and frees its slice. `restore` undoes it for 72 hours, until `deletesAt`; then it is erased. `confirmSlug`
   * is the project's slug. Throws ValidationError, NotFoundError, ForbiddenError, InvalidStateError (it is deleted already).
   */
  delete(input: ProjectDeleteInput, options?: KeyedOptions): Promise<PayloadOf<ProjectDeleteMutation>>;
  /**
   * Brings a deleted project back with what ran before, and with its slice where the pool still has room: else `sliceRestored` is false,
   * and it runs again once `allocations.set` has given it one. Throws NotFoundError, ForbiddenError, InvalidStateError (it is not
   * deleted, or its time is over), PlanLimitError.
   */
  restore(input: ProjectRestoreInput, options?: KeyedOptions): Promise<PayloadOf<ProjectRestoreMutation>>;
  /** What the settings were with each version, newest first. Throws NotFoundError. */
  settingsHistory(of: { readonly projectId: string }, options?: RequestOptions): List<ProjectSettingsVersion>;
  /**
   * Each project of the organization whenever something happens in it: a deployment goes on, an instance crashes, a setting changes.
   * Goes on over broken connections until you leave the loop or abort. What happened while there was no connection for more than some
   * seconds is not told: list again when `onReconnect` says so. The loop throws NotFoundError, AuthenticationError.
   */
  watch(of: { readonly organizationId: string }, options?: WatchOptions): AsyncGenerator<Project, void>;
  /** What happened in it, the oldest first: `events.follow` goes on live behind the last one's cursor. Throws NotFoundError. */
  events(of: EventsOf, options?: RequestOptions): List<ProjectEvent>;
}

export interface TryProjects {
  create(input: ProjectCreateInput, options?: KeyedOptions): Promise<ResultOf<ProjectCreateMutation>>;
  update(input: ProjectUpdateInput, options?: KeyedOptions): Promise<ResultOf<ProjectUpdateMutation>>;
  delete(input: ProjectDeleteInput, options?: KeyedOptions): Promise<ResultOf<ProjectDeleteMutation>>;
  restore(input: ProjectRestoreInput, options?: KeyedOptions): Promise<ResultOf<ProjectRestoreMutation>>;
}

export function tryProjects({ mutate }: Calls): TryProjects {
  return {
    create: (input, options) => mutate(ProjectCreateDocument, { input: keyed(input, options) }, options),
    update: (input, options) => mutate(ProjectUpdateDocument, { input: keyed(input, options) }, options),
    delete: (input, options) => mutate(ProjectDeleteDocument, { input: keyed(input, options) }, options),
    restore: (input, options) => mutate(ProjectRestoreDocument, { input: keyed(input, options) }, options),
  };
}

export function projects(calls: Calls, attempt: TryProjects): Projects {
  const { request } = calls;
  return {
    create: async (...call) => unwrap(await attempt.create(...call)),
    get: async (by, options) =>
      found((await request(ProjectDocument, { by }, options)).project, 'project', by.id ?? by.path),
    usage: async (by, { step = 'DAY', last = 30, ...options } = {}) => {
      const { project } = await request(ProjectUsageDocument, { by, step, last }, options);
      return found(project, 'project', by.id ?? by.path).usage;
    },
    keepAwake: async (by, options) => {
      const { project } = await request(ProjectKeepAwakeDocument, { by }, options);
      return found(project, 'project', by.id ?? by.path).settings.keepAwake;
    },
    list: ({ organizationId }, options) =>
      pages(async (after, first) => {
        const { organization } = await request(ProjectListDocument, { organizationId, after, first }, options);
        return found(organization, 'organization', organizationId).projects;
      }),
    update: async (...call) => unwrap(await attempt.update(...call)),
    delete: async (...call) => unwrap(await attempt.delete(...call)),
    restore: async (...call) => unwrap(await attempt.restore(...call)),
    settingsHistory: ({ projectId }, options) =>
      pages(async (after, first) => {
        const { project } = await request(ProjectSettingsHistoryDocument, { projectId, after, first }, options);
        return found(project, 'project', projectId).settingsHistory;
      }),
    watch: ({ organizationId }, options) => watchProjects(calls, organizationId, options),
    events: (of, options) => eventList(calls, of, options),
  };
}
