/** Who may do what: the one table that every question of access is answered from. */

/** From most to least; BILLING and VIEWER both read, and BILLING sees to the bill. */
export const organizationRoles = ['OWNER', 'ADMIN', 'DEVELOPER', 'BILLING', 'VIEWER'] as const;
export type OrganizationRole = (typeof organizationRoles)[number];

/** What a token may be allowed; a scope that writes also reads the same noun. */
export const tokenScopes = [
  'ORG_READ',
  'ORG_WRITE',
  'PROJECT_READ',
  'PROJECT_WRITE',
  'DEPLOY',
  'VARIABLE_WRITE',
  'LOG_READ',
  'DOMAIN_WRITE',
  'TOKEN_WRITE',
  'AUDIT_READ',
] as const;
export type TokenScope = (typeof tokenScopes)[number];

type Rule = {
  readonly roles: readonly OrganizationRole[];
  /** What a token needs besides; null: only for people who have signed in. */
  readonly scope: TokenScope | null;
};

const owner = ['OWNER'] as const;
const admins = ['OWNER', 'ADMIN'] as const;
const developers = ['OWNER', 'ADMIN', 'DEVELOPER'] as const;
const everyone = organizationRoles;

const rules = {
  'organization:read': { roles: everyone, scope: 'ORG_READ' },
  'organization:update': { roles: admins, scope: 'ORG_WRITE' },
  'organization:transfer': { roles: owner, scope: null },
  'organization:leave': { roles: everyone, scope: null },
  // Whatever makes or unmakes an owner.
  'owner:change': { roles: owner, scope: null },
  'member:invite': { roles: admins, scope: 'ORG_WRITE' },
  'member:update': { roles: admins, scope: 'ORG_WRITE' },
  'member:remove': { roles: admins, scope: 'ORG_WRITE' },
  'invitation:read': { roles: admins, scope: 'ORG_READ' },
  'token:read': { roles: developers, scope: 'TOKEN_WRITE' },
  'token:create': { roles: developers, scope: 'TOKEN_WRITE' },
  // One's own.
  'token:revoke': { roles: everyone, scope: 'TOKEN_WRITE' },
  'token:revokeOthers': { roles: admins, scope: 'TOKEN_WRITE' },
  'audit:read': { roles: admins, scope: 'AUDIT_READ' },
  'billing:read': { roles: ['OWNER', 'BILLING'], scope: 'ORG_READ' },
  // Money is spent by people.
  'billing:change': { roles: ['OWNER', 'BILLING'], scope: null },
  // More than the plan costs is spent by its owners.
  'billing:overage': { roles: owner, scope: null },
  'allocation:set': { roles: admins, scope: 'PROJECT_WRITE' },
  'project:read': { roles: everyone, scope: 'PROJECT_READ' },
  'project:create': { roles: developers, scope: 'PROJECT_WRITE' },
  'project:update': { roles: developers, scope: 'PROJECT_WRITE' },
  'project:delete': { roles: admins, scope: 'PROJECT_WRITE' },
  'project:restore': { roles: admins, scope: 'PROJECT_WRITE' },
  'environment:create': { roles: developers, scope: 'PROJECT_WRITE' },
  'environment:update': { roles: developers, scope: 'PROJECT_WRITE' },
  'environment:delete': { roles: admins, scope: 'PROJECT_WRITE' },
  'environment:restore': { roles: admins, scope: 'PROJECT_WRITE' },
  // To restart, stop or start what is live in it.
  'environment:run': { roles: developers, scope: 'DEPLOY' },
  'volume:create': { roles: developers, scope: 'PROJECT_WRITE' },
  'volume:delete': { roles: admins, scope: 'PROJECT_WRITE' },
  'volume:restore': { roles: admins, scope: 'PROJECT_WRITE' },
  'domain:add': { roles: developers, scope: 'DOMAIN_WRITE' },
  'domain:recheck': { roles: developers, scope: 'DOMAIN_WRITE' },
  'domain:remove': { roles: developers, scope: 'DOMAIN_WRITE' },
  'variable:read': { roles: everyone, scope: 'PROJECT_READ' },
  'variable:set': { roles: developers, scope: 'VARIABLE_WRITE' },
  'upload:create': { roles: developers, scope: 'DEPLOY' },
  'deployment:create': { roles: developers, scope: 'DEPLOY' },
  'deployment:cancel': { roles: developers, scope: 'DEPLOY' },
  'deployment:rollback': { roles: developers, scope: 'DEPLOY' },
  'log:read': { roles: everyone, scope: 'LOG_READ' },
  // One's own account, which belongs to no organization: no role has a say in it.
  'account:read': { roles: everyone, scope: null },
} as const satisfies Record<string, Rule>;

/** `noun:verb` */
export type Action = keyof typeof rules;
export const actions = Object.keys(rules) as readonly Action[];

export function roleMay(role: OrganizationRole, action: Action): boolean {
  return (rules[action].roles as readonly OrganizationRole[]).includes(role);
}

/** The least role that may. */
export function leastRole(action: Action): OrganizationRole {
  return rules[action].roles.at(-1) ?? 'OWNER';
}

/** The scope that a token needs for it; null: no token may, whatever its scopes. */
export function scopeFor(action: Action): TokenScope | null {
  return rules[action].scope;
}

/** What a token may be given by somebody with this role: the scopes that would be good for anything. */
export function scopesOf(role: OrganizationRole): readonly TokenScope[] {
  return tokenScopes.filter((scope) => actions.some((action) => scopeFor(action) === scope && roleMay(role, action)));
}

/** Whether a role is more than another, and so not the other's to give. */
export function isAbove(role: OrganizationRole, other: OrganizationRole): boolean {
  return organizationRoles.indexOf(role) < organizationRoles.indexOf(other);
}

export function scopesCover(held: readonly TokenScope[], wanted: TokenScope): boolean {
  return held.includes(wanted) || held.some((scope) => implied[scope]?.includes(wanted));
}

/** Whoever sets variables, deploys or divides must find what they work on. */
const implied: Partial<Record<TokenScope, readonly TokenScope[]>> = {
  ORG_WRITE: ['ORG_READ'],
  PROJECT_WRITE: ['PROJECT_READ'],
  DEPLOY: ['PROJECT_READ'],
  VARIABLE_WRITE: ['PROJECT_READ'],
  DOMAIN_WRITE: ['PROJECT_READ'],
};
