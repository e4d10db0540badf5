import { describe, expect, test } from 'vitest';
import {
  actions,
  isAbove,
  leastRole,
  organizationRoles,
  roleMay,
  scopeFor,
  scopesCover,
  scopesOf,
  tokenScopes,
} from './access.js';

describe('a role', () => {
  test('may all that a lesser one may, down to DEVELOPER', () => {
    for (const action of actions) {
      if (roleMay('DEVELOPER', action)) expect([action, roleMay('ADMIN', action)]).toEqual([action, true]);
      expect([action, roleMay('OWNER', action)]).toEqual([action, true]);
    }
  });

  test('that only reads may change nothing of others, and BILLING the bill', () => {
    const allowed = actions.filter((action) => roleMay('VIEWER', action) || roleMay('BILLING', action));
    expect(allowed.filter((action) => !action.endsWith(':read'))).toEqual([
      'organization:leave',
      'token:revoke',
      'billing:change',
    ]);
  });

  test('is above those that follow it, and not above itself', () => {
    expect(organizationRoles.filter((role) => isAbove(role, 'ADMIN'))).toEqual(['OWNER']);
    expect(organizationRoles.filter((role) => isAbove('ADMIN', role))).toEqual(['DEVELOPER', 'BILLING', 'VIEWER']);
  });

  test('is named as the least that may', () => {
    for (const action of actions) {
      expect(roleMay(leastRole(action), action)).toBe(true);
      const lesser = organizationRoles.slice(organizationRoles.indexOf(leastRole(action)) + 1);
      for (const role of lesser) expect([action, role, roleMay(role, action)]).toEqual([action, role, false]);
    }
  });
});

describe('a scope', () => {
  test('of writing also reads the same noun, and never the other way round', () => {
    expect(scopesCover(['PROJECT_WRITE'], 'PROJECT_READ')).toBe(true);
    expect(scopesCover(['PROJECT_READ'], 'PROJECT_WRITE')).toBe(false);
    expect(scopesCover(['DEPLOY', 'VARIABLE_WRITE'], 'PROJECT_WRITE')).toBe(false);
  });

  test('is needed by something, or it would be none', () => {
    const needed = new Set(actions.map(scopeFor));
    for (const scope of tokenScopes) expect([scope, needed.has(scope)]).toEqual([scope, true]);
  });

  test('is never enough to make an owner, to hand an organization over, to leave it, to spend its money, or to see an account', () => {
    const beyond = actions.filter((action) => scopeFor(action) === null);
    expect(beyond).toEqual([
      'organization:transfer',
      'organization:leave',
      'owner:change',
      'billing:change',
      'billing:overage',
      'account:read',
    ]);
  });

  test('may be given by those for whom it would be good for something', () => {
    expect(scopesOf('OWNER')).toEqual(tokenScopes);
    expect(scopesOf('ADMIN')).toEqual(tokenScopes);
    expect(tokenScopes.filter((scope) => !scopesOf('DEVELOPER').includes(scope))).toEqual(['ORG_WRITE', 'AUDIT_READ']);
    expect(scopesOf('VIEWER')).toEqual(['ORG_READ', 'PROJECT_READ', 'LOG_READ', 'TOKEN_WRITE']);
  });
});
