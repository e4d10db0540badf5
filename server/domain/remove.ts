import type { DomainProblem } from '@apployd/core/domain';
import { NotFoundError } from '@apployd/core/refusal';
import { closeRoute } from '@apployd/prisma/close-route';
import type { Transaction } from '@apployd/prisma/create-db';
import { z } from 'zod';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { earlierCall } from '../idempotency.js';
import { append } from './append.js';
import { lookUpDomain } from './look-up.js';

export type DomainRemoveInput = { readonly domainId: string; readonly idempotencyKey?: string | null };

const mutation = 'domainRemove';

/** The name leads nowhere from now on, and is free for whoever proves that it is theirs. What is being deleted gives up names too. */
export async function removeDomain(context: Context, input: DomainRemoveInput) {
  const { on, name } = await lookUpRemovable(context, input);
  const act = { mutation, action: 'domain:remove', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    const { domainId, actorId } = await lookUpDomain(context, input.domainId);
    await lockClaims(tx, name);
    const wasHeld = await erase(tx, input.domainId, domainId);
    if (wasHeld) await free(tx, name);
    await append(tx, 'domain.removed', { on, domainId, name, actorId });
    const before = { name, verified: wasHeld };
    return { result: { ...on, name }, audit: { target: input.domainId, before } };
  });
  context.events.publish('project', on.projectId);
  context.events.publish('route', name);
  return { removedId: input.domainId, environmentId: on.environmentId, replayed: made.replayed };
}

const earlier = z.object({ projectId: z.string(), environmentId: z.string(), name: z.string() });

/** One that an earlier call with the same key has removed is known by what that call has left. */
async function lookUpRemovable(context: Context, { domainId, idempotencyKey }: DomainRemoveInput) {
  try {
    return await lookUpDomain(context, domainId);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    const { principalId } = signedIn(context);
    const key = idempotencyKey ?? context.idempotencyKey;
    const call = await earlierCall(context.db, { principalId, mutation, key });
    const made = earlier.safeParse(call?.result).data;
    if (!call || !made) throw error;
    const { name, ...place } = made;
    return { on: { organizationId: call.organizationId, ...place }, name };
  }
}

/** All claims on the name, in the order in which everybody locks them, and before any route. */
async function lockClaims(tx: Transaction, name: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "Domain" WHERE "name" = ${name} ORDER BY "id" FOR UPDATE`;
}

/** Whether it held its name. */
async function erase(tx: Transaction, publicId: string, id: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ isHeld: boolean }[]>`
    DELETE FROM "Domain" WHERE "id" = ${id}::uuid RETURNING "verifiedAt" IS NOT NULL AS "isHeld"`;
  if (!row) throw new NotFoundError('domain', publicId);
  return row.isHeld;
}

/** Others who know that it was held are looked at soon; who does not learns nothing of it by this. */
async function free(tx: Transaction, name: string): Promise<void> {
  const where = { name, problem: { in: [...heldBefore] } };
  await tx.domain.updateMany({ where, data: { nextCheckAt: new Date() } });
  await closeRoute(tx, name);
}

const heldBefore: readonly DomainProblem[] = ['HELD_BY_ANOTHER', 'TAKEN_BY_ANOTHER'];
