import {
  leastRole,
  roleMay,
  scopeFor,
  scopesCover,
  tokenScopes,
  type Action,
  type OrganizationRole,
  type TokenScope,
} from '@apployd/core/access';

/** What core/access.ts says of somebody who asks for actions in this order: the role that they are told to ask for. */
export function lackedRole(role: OrganizationRole, asks: readonly Action[]): OrganizationRole | null {
  const lacked = asks.find((action) => !roleMay(role, action));
  return lacked ? leastRole(lacked) : null;
}

/** Those with which all of it may be done; null when no token may. */
export function scopesFor(asks: readonly Action[]): readonly TokenScope[] | null {
  const scopes = asks.map(scopeFor);
  return scopes.includes(null) ? null : (scopes as TokenScope[]);
}

/** All but those that cover this one. */
export function scopesWithout(scope: TokenScope): readonly TokenScope[] {
  return tokenScopes.filter((one) => !scopesCover([one], scope));
}
