import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Context } from '../context.js';
import { keysetPage } from '../keyset.js';
import { auditWhere, type AuditFilter } from './filter.js';

type Arguments = Parameters<typeof keysetPage>[0] & { readonly filter?: AuditFilter | null };

/** What was done in an organization, newest first. Whether it may be seen is asked before. */
export function auditPage(context: Pick<Context, 'db'>, organizationId: string, args: Arguments) {
  return pageOf(context, { organizationId }, args);
}

/** Mutations that only operators may send. */
export const operatorActions = ['operatorSet', 'organizationPlanSet', 'planUpdate'] as const;

/** What operators have done, and what others were refused to do as if they were some; newest first. */
export function operatorAuditPage(context: Pick<Context, 'db'>, args: Arguments) {
  return pageOf(context, { action: { in: [...operatorActions] } }, args);
}

function pageOf({ db }: Pick<Context, 'db'>, which: Prisma.AuditEventWhereInput, args: Arguments) {
  const where = { AND: [which, auditWhere(args.filter ?? {})] };
  return keysetPage(args, 'desc', ({ id, take, order }) =>
    db.auditEvent.findMany({ where: { AND: [where, { id }] }, orderBy: { id: order }, take }),
  );
}
