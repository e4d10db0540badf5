import { type Calls, found, keyed, unwrap } from './calls.js';
import { ProjectCreateDocument, ProjectDocument, ProjectListDocument } from './generated/operations.js';
import type { ProjectCreateInput, ProjectCreateMutation, ProjectRef } from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { PayloadOf, Project, ResultOf } from './types.js';

export interface Projects {
  /**
   * Makes a project with its production environment; `resources` is its slice of the organization's pool (bytes, thousandths of a core,
   * bytes a month). Throws ValidationError, NotFoundError, ForbiddenError, ConflictError, QuotaExceededError, IdempotencyError.
   */
  create(input: ProjectCreateInput, options?: KeyedOptions): Promise<PayloadOf<ProjectCreateMutation>>;
  /** By id, or by path (`organization-slug/project-slug`). Throws NotFoundError. */
  get(by: ProjectRef, options?: RequestOptions): Promise<Project>;
  list(of: { readonly organizationId: string }, options?: RequestOptions): List<Project>;
}

export interface TryProjects {
  create(input: ProjectCreateInput, options?: KeyedOptions): Promise<ResultOf<ProjectCreateMutation>>;
}

export function tryProjects({ mutate }: Calls): TryProjects {
  return {
    create: (input, options) => mutate(ProjectCreateDocument, { input: keyed(input, options) }, options),
  };
}

export function projects({ request }: Calls, attempt: TryProjects): Projects {
  return {
    create: async (...call) => unwrap(await attempt.create(...call)),
    get: async (by, options) =>
      found((await request(ProjectDocument, { by }, options)).project, 'project', by.id ?? by.path),
    list: ({ organizationId }, options) =>
      pages(async (after, first) => {
        const { organization } = await request(ProjectListDocument, { organizationId, after, first }, options);
        return found(organization, 'organization', organizationId).projects;
      }),
  };
}
