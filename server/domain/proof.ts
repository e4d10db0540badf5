import { createHash } from 'node:crypto';

/** What a TXT record is to say so that an organization's claim on a name is proven: the same each time, another for each. */
export function proofOf(organizationId: string, name: string): string {
  const digest = createHash('sha256').update(`apployd domain proof ${organizationId} ${name}`).digest('hex');
  return `apployd-proof=${digest.slice(0, 40)}`;
}
