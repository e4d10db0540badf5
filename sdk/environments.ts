import { type Calls, found } from './calls.js';
import { EnvironmentDocument, EnvironmentListDocument } from './generated/operations.js';
import type { RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { Environment } from './types.js';

export interface Environments {
  /** Throws NotFoundError. */
  get(id: string, options?: RequestOptions): Promise<Environment>;
  list(of: { readonly projectId: string }, options?: RequestOptions): List<Environment>;
}

export function environments({ request }: Calls): Environments {
  return {
    get: async (id, options) =>
      found((await request(EnvironmentDocument, { id }, options)).environment, 'environment', id),
    list: ({ projectId }, options) =>
      pages(async (after, first) => {
        const { project } = await request(EnvironmentListDocument, { projectId, after, first }, options);
        return found(project, 'project', projectId).environments;
      }),
  };
}
