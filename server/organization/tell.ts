import { appendEvent, type NewEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';

/** Appends to the organization's own stream of events. */
export async function tellOrganization(
  tx: Transaction,
  organizationId: string,
  event: Omit<NewEvent, 'organizationId' | 'streamId' | 'kind'>,
): Promise<void> {
  await appendEvent(tx, { ...event, organizationId, streamId: organizationId, kind: 'ORGANIZATION' });
}
