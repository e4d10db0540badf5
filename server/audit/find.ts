import { signedIn, type Context } from '../context.js';

/** Entries by their ids, of the organizations whose audit log the viewer may read. */
export async function findAuditEvents(context: Context, query: object, ids: string[]) {
  const organizations = await context.db.organization.findMany({
    where: signedIn(context).sees.AuditLog,
    select: { id: true },
  });
  const organizationId = { in: organizations.map(({ id }) => id) };
  return context.db.auditEvent.findMany({ ...query, where: { id: { in: ids }, organizationId } });
}
