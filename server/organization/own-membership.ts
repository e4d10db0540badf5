import { roleMay, type Action, type OrganizationRole } from '@apployd/core/access';
import { signedIn, type Context } from '../context.js';

/** Selects what the viewer is in an organization. */
export const ownMembership = (_args: unknown, context: Context) =>
  ({ memberships: { where: { userId: signedIn(context).userId }, select: { role: true }, take: 1 } }) as const;

type Selected = { readonly memberships: readonly { readonly role: OrganizationRole }[] };

/** The viewer's role, of a row selected so. Nobody sees an organization without one. */
export function roleIn({ memberships: [own] }: Selected): OrganizationRole {
  return own?.role ?? 'VIEWER';
}

/** Whether role and reach let the viewer look at what is the organization's as a whole. Scopes are asked by type. */
export function mayLook(organization: Selected, action: Action, context: Context): boolean {
  const { credential } = signedIn(context);
  const isNarrow = credential.kind === 'token' && credential.projectId !== null;
  return !isNarrow && roleMay(roleIn(organization), action);
}
