import { type Calls, found } from './calls.js';
import { OrganizationDocument, OrganizationListDocument } from './generated/operations.js';
import type { OrganizationQuery, OrganizationRef } from './generated/types.js';
import type { RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { Organization } from './types.js';

export interface Organizations {
  /** An organization with its pool of resources, by id or slug. Throws NotFoundError. */
  get(by: OrganizationRef, options?: RequestOptions): Promise<NonNullable<OrganizationQuery['organization']>>;
  /** The organizations that you belong to. */
  list(options?: RequestOptions): List<Organization>;
}

export function organizations({ request }: Calls): Organizations {
  return {
    get: async (by, options) =>
      found((await request(OrganizationDocument, { by }, options)).organization, 'organization', by.id ?? by.slug),
    list: (options) =>
      pages(async (after, first) => {
        const { viewer } = await request(OrganizationListDocument, { after, first }, options);
        return found(viewer, 'session').organizations;
      }),
  };
}
