import type { Context } from '../context.js';
import { keysetPage } from '../keyset.js';
import { auditWhere, type AuditFilter } from './filter.js';

type Arguments = Parameters<typeof keysetPage>[0] & { readonly filter?: AuditFilter | null };

/** What was done in an organization, newest first. Whether it may be seen is asked before. */
export function auditPage({ db }: Pick<Context, 'db'>, organizationId: string, args: Arguments) {
  const where = { organizationId, ...auditWhere(args.filter ?? {}) };
  return keysetPage(args, 'desc', ({ id, take, order }) =>
    db.auditEvent.findMany({ where: { AND: [where, { id }] }, orderBy: { id: order }, take }),
  );
}
