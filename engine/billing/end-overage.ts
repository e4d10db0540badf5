import { record } from './record.js';
import type { Scene } from './scene.js';

/** Without a subscription nothing can be charged with it: whoever begins one again decides anew what it may cost besides. */
export async function endOverage({ tx, organization, standing }: Scene): Promise<void> {
  if (standing !== 'NONE') return;
  const { count } = await tx.overage.updateMany({
    where: { organizationId: organization.id, capGigabytes: { not: null } },
    data: { capGigabytes: null },
  });
  if (count > 0) await record(tx, organization, 'billing.overage_ended', { after: { capGigabytes: null } });
}
