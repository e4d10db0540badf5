import { createHash } from 'node:crypto';
import type { SubscriptionState } from '@apployd/backplane/payments/payments';
import type { Action } from '@apployd/core/access';
import { isSubscribed } from '@apployd/core/billing';
import { newId } from '@apployd/core/id';
import { asAllowed } from '../access/perform.js';
import type { Context } from '../context.js';
import { earlierCall, inputHashes } from '../idempotency.js';
import { lookUpOrganization } from '../organization/look-up.js';

type Input = { readonly organizationId: string; readonly idempotencyKey?: string | null };

export type Begun = Awaited<ReturnType<typeof beginAct>>;

/** Who may do this to the bill of which organization, before anybody outside is asked. */
export async function beginAct(context: Context, mutation: string, input: Input, action: Action = 'billing:change') {
  const organizationId = await lookUpOrganization(context, input.organizationId);
  const act = { mutation, action, on: { organizationId }, input } as const;
  const viewer = await asAllowed(context, act);
  const { principalId } = viewer;
  const key = input.idempotencyKey ?? context.idempotencyKey;
  const hashes = inputHashes({ fingerprints: context.fingerprints, input });
  const [inputHash = ''] = hashes;
  return {
    ...{ organizationId, act, viewer },
    /** The same for the same request. */
    request: key == null ? newId() : hashOf([organizationId, principalId, mutation, key]),
    /** What it asks for, by each of the platform's secrets, the newest first. */
    hashes,
    /** The row of its key; null where the request has none. */
    idempotency: key == null ? null : { organizationId, principalId, mutation, key, inputHash },
    /** It was done before: nothing outside is to be asked for again. */
    isDone: async () => (await earlierCall(context.db, { organizationId, principalId, mutation, key })) !== null,
  };
}

const hashOf = (parts: readonly (string | null | undefined)[]) =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** The subscription that there is to change. */
export const runningOf = (states: readonly SubscriptionState[]): SubscriptionState | undefined =>
  states.find(({ status }) => isSubscribed(status));

/** Where a person comes back to. */
export async function billingPage({ db, settings }: Context, id: string): Promise<string> {
  const { slug } = await db.organization.findUniqueOrThrow({ where: { id }, select: { slug: true } });
  return new URL(`/${slug}/billing`, settings.APPLOYD_PUBLIC_URL).href;
}
