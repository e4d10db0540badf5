import type { OrganizationRole } from '@apployd/sdk';

/** From most to least. */
const roles = {
  OWNER: 'Owner',
  ADMIN: 'Admin',
  DEVELOPER: 'Developer',
  BILLING: 'Billing',
  VIEWER: 'Viewer',
} as const;

export const roleName = (role: OrganizationRole): string => roles[role as keyof typeof roles] ?? role;

/** Those that somebody may give: nobody but an owner makes owners. */
export const rolesGivenBy = (role: OrganizationRole): readonly (readonly [string, string])[] =>
  Object.entries(roles).filter(([name]) => role === 'OWNER' || name !== 'OWNER');

/** Sees to members, invitations and the audit log, deletes projects and brings them back. */
export const isAdmin = (role: OrganizationRole): boolean => role === 'OWNER' || role === 'ADMIN';
