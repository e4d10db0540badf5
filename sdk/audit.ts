import { type Calls, found, permitted } from './calls.js';
import { AuditExportDocument, AuditLogDocument } from './generated/operations.js';
import type { AuditFilter } from './generated/types.js';
import type { RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import type { AuditEvent } from './types.js';

/** Of which organization; with `filter` only what matches all of it. */
export type AuditOf = { readonly organizationId: string; readonly filter?: AuditFilter };

/** Who has changed what, when and from where. */
export interface Audit {
  /** Newest first. Throws NotFoundError, ForbiddenError (it takes ADMIN, and the scope AUDIT_READ). */
  list(of: AuditOf, options?: RequestOptions): List<AuditEvent>;
  /**
   * All of it in one download, newest first, as fast as the loop takes it. Throws what `list` throws, and NetworkError when
   * it breaks off. `deadlineMs` is for the whole of it.
   */
  export(of: AuditOf, options?: RequestOptions): AsyncIterable<AuditEvent>;
  /** Where a browser downloads the same with its session's cookie. Throws NotFoundError. */
  exportUrl(of: AuditOf, options?: RequestOptions): Promise<string>;
}

export function audit({ request, download }: Calls): Audit {
  const exportUrl: Audit['exportUrl'] = async ({ organizationId, filter = {} }, options) => {
    const { organization } = await request(AuditExportDocument, { organizationId }, options);
    return addressOf(found(organization, 'organization', organizationId).auditExportUrl, filter);
  };
  return {
    exportUrl,
    list: ({ organizationId, filter }, options) =>
      pages(async (after, first) => {
        const { organization } = await request(AuditLogDocument, { organizationId, filter, after, first }, options);
        return permitted(found(organization, 'organization', organizationId).auditLog, 'ADMIN');
      }),
    export: (of, options) => ({
      async *[Symbol.asyncIterator]() {
        yield* download<AuditEvent>(await exportUrl(of, options), options);
      },
    }),
  };
}

function addressOf(url: string, filter: AuditFilter): string {
  const address = new URL(url);
  for (const [key, value] of Object.entries(filter)) {
    for (const one of Array.isArray(value) ? (value as string[]) : [value as string | null]) {
      if (one !== null && one !== undefined) address.searchParams.append(key, one);
    }
  }
  return address.href;
}
