import { recheckEveryMs } from '@apployd/core/domain';
import { CapacityError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { retryCertificate } from '@apployd/prisma/retry-certificate';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { lockActiveEnvironment } from '../environment/require-active.js';
import { found } from '../lookup.js';
import { wake } from '../wake.js';
import { lookUpDomain } from './look-up.js';

export type DomainRecheckInput = { readonly domainId: string; readonly idempotencyKey?: string | null };

/** Has a domain looked at now, and often for a while from now on. */
export async function recheckDomain(context: Context, input: DomainRecheckInput) {
  const { on, domainId } = await lookUpDomain(context, input.domainId);
  const act = { mutation: 'domainRecheck', action: 'domain:recheck', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await lockActiveEnvironment(tx, on);
    const now = new Date();
    const before = await lastRecheck(tx, input.domainId, domainId);
    const waitMs = before ? before.getTime() + recheckEveryMs - now.getTime() : 0;
    if (waitMs > 0) {
      const message = `It was checked a moment ago. Check again in ${Math.ceil(waitMs / 1_000)} seconds.`;
      throw new CapacityError(message, waitMs);
    }
    const data = { recheckedAt: now, nextCheckAt: now };
    const { name, verifiedAt } = await tx.domain.update({ where: { id: domainId }, data });
    if (verifiedAt) await retryCertificate(tx, name, now);
    const audit = {
      target: input.domainId,
      before: { recheckedAt: before?.toISOString() ?? null },
      after: { recheckedAt: now.toISOString() },
    };
    return { result: { domainId }, audit };
  });
  context.events.publish('project', on.projectId);
  await wake(context, 'check-domain', [domainId]);
  return made;
}

/** With the row locked: of two at the same moment, one waits. */
async function lastRecheck(tx: Transaction, publicId: string, id: string): Promise<Date | null> {
  const [row] = await tx.$queryRaw<{ recheckedAt: Date | null }[]>`
    SELECT "recheckedAt" FROM "Domain" WHERE "id" = ${id}::uuid FOR UPDATE`;
  return found('Domain', publicId, row ?? null).recheckedAt;
}
