import type { Action } from '@apployd/core/access';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { recordAudit, type AuditNote } from '../audit/record.js';
import { signedIn, type Context } from '../context.js';
import { once } from '../idempotency.js';
import type { Resource } from './viewer.js';

export type Act = {
  /** The mutation's field: names the idempotency key and the entry of the audit log. */
  readonly mutation: string;
  readonly action: Action;
  readonly on: Resource;
  readonly input: object & { readonly idempotencyKey?: string | null };
};

/** What a verb has done: ids and flags, given again on replay, and what the audit log says of it. */
export type Done<Result extends Prisma.InputJsonObject> = { readonly result: Result; readonly audit: AuditNote };

const patience = { maxWait: 10_000, timeout: 15_000 } as const;

/**
 * The one way in which something of an organization is changed: may the viewer? Then, in one transaction, once for its
 * idempotency key, with an entry in the audit log. Refusals that `work` throws leave nothing behind.
 */
export async function perform<Result extends Prisma.InputJsonObject>(
  context: Context,
  act: Act,
  work: (tx: Transaction) => Promise<Done<Result>>,
): Promise<Result & { readonly replayed: boolean }> {
  const viewer = signedIn(context);
  const { mutation, action, on, input } = act;
  const { organizationId } = on;
  await viewer.require(action, on);
  const { principalId } = viewer;
  const key = input.idempotencyKey ?? context.idempotencyKey;
  return context.db.$transaction(async (tx) => {
    const { result, replayed } = await once(tx, { organizationId, principalId, mutation, key, input }, async () => {
      const done = await work(tx);
      await recordAudit(tx, { ...done.audit, organizationId, action: mutation, by: viewer, from: context });
      return done.result;
    });
    return { ...result, replayed };
  }, patience);
}
