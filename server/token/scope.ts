import { builder } from '../builder.js';

export const TokenScopeRef = builder.enumType('TokenScope', {
  description: 'What a token may do, never more than the person it acts for. What writes also reads the same noun.',
  values: {
    ORG_READ: { description: 'The organization, its members and its pool.' },
    ORG_WRITE: { description: 'Name, members and invitations.' },
    PROJECT_READ: { description: 'Projects, environments, deployments, and variables that are no secrets.' },
    PROJECT_WRITE: { description: 'Makes, changes and deletes projects, and divides the pool.' },
    DEPLOY: { description: 'Uploads, deploys, cancels and rolls back.' },
    VARIABLE_WRITE: { description: 'Sets and removes variables.' },
    LOG_READ: { description: 'Build logs and output.' },
    DOMAIN_WRITE: { description: 'Adds, checks and removes domains.' },
    TOKEN_WRITE: { description: 'Sees, makes and revokes tokens, within its own scopes.' },
    AUDIT_READ: { description: 'The audit log.' },
  } as const,
});
