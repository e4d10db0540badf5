import type { TokenScope } from '@apployd/sdk';

/** What each scope lets a token do. */
const scopes: Readonly<Record<string, string>> = {
  ORG_READ: 'Read the organization, its members and its pool',
  ORG_WRITE: 'Change its name, members and invitations',
  PROJECT_READ: 'Read projects and deployments',
  PROJECT_WRITE: 'Make and change projects, divide the pool',
  DEPLOY: 'Deploy, cancel and roll back',
  VARIABLE_WRITE: 'Set and remove variables',
  LOG_READ: 'Read logs',
  DOMAIN_WRITE: 'Add, check and remove domains',
  TOKEN_WRITE: 'Make and revoke tokens',
  AUDIT_READ: 'Read the audit log',
};

export const scopeText = (scope: TokenScope): string => scopes[scope] ?? scope;
