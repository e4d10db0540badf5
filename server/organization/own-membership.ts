import type { OrganizationRole } from '@apployd/core/access';
import { signedIn, type Context } from '../context.js';

/** Selects what the viewer is in an organization. */
export const ownMembership = (_args: unknown, context: Context) =>
  ({ memberships: { where: { userId: signedIn(context).userId }, select: { role: true }, take: 1 } }) as const;

/** The viewer's role, of a row selected so. Nobody sees an organization without one. */
export function roleIn({
  memberships: [own],
}: {
  readonly memberships: readonly { readonly role: OrganizationRole }[];
}): OrganizationRole {
  return own?.role ?? 'VIEWER';
}
