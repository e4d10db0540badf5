import { describe, expect, test } from 'vitest';
import { actions, leastRole, organizationRoles, roleMay, scopeFor, scopesCover, tokenScopes } from './access.js';

describe('a role', () => {
  test('may all that a lesser one may, down to DEVELOPER', () => {
    for (const action of actions) {
      if (roleMay('DEVELOPER', action)) expect([action, roleMay('ADMIN', action)]).toEqual([action, true]);
      expect([action, roleMay('OWNER', action)]).toEqual([action, true]);
    }
  });

  test('that only reads may change nothing of others', () => {
    const allowed = actions.filter((action) => roleMay('VIEWER', action) || roleMay('BILLING', action));
    expect(allowed.filter((action) => !action.endsWith(':read'))).toEqual(['organization:leave']);
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

  test('is never enough to hand an organization over, or to leave it', () => {
    expect([scopeFor('organization:transfer'), scopeFor('organization:leave')]).toEqual([null, null]);
  });
});
