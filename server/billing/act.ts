import { createHash } from 'node:crypto';
import type { SubscriptionState } from '@apployd/backplane/payments/payments';
import { isSubscribed } from '@apployd/core/billing';
import { newId } from '@apployd/core/id';
import { asAllowed } from '../access/perform.js';
import type { Context } from '../context.js';
import { earlierCall } from '../idempotency.js';
import { lookUpOrganization } from '../organization/look-up.js';

type Input = { readonly organizationId: string; readonly idempotencyKey?: string | null };

/** Who may do this to the bill of which organization, before anybody outside is asked. */
export async function beginAct(context: Context, mutation: string, input: Input) {
  const organizationId = await lookUpOrganization(context, input.organizationId);
  const act = { mutation, action: 'billing:change', on: { organizationId }, input } as const;
  const { principalId } = await asAllowed(context, act);
  const key = input.idempotencyKey ?? context.idempotencyKey;
  const earlier = await earlierCall(context.db, { principalId, mutation, key });
  const name = createHash('sha256')
    .update(JSON.stringify([organizationId, principalId, mutation, key]))
    .digest('hex');
  return {
    organizationId,
    act,
    /** The same for the same request: what is paid for it is paid once. */
    key: key == null ? newId() : name,
    /** It was done before: nothing outside is to be asked for again. */
    isDone: earlier?.organizationId === organizationId,
  };
}

/** The subscription that there is to change. */
export const runningOf = (states: readonly SubscriptionState[]): SubscriptionState | undefined =>
  states.find(({ status }) => isSubscribed(status));

/** Where a person comes back to. */
export async function billingPage({ db, settings }: Context, id: string): Promise<string> {
  const { slug } = await db.organization.findUniqueOrThrow({ where: { id }, select: { slug: true } });
  return new URL(`/${slug}/billing`, settings.APPLOYD_PUBLIC_URL).href;
}
