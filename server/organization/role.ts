import { builder } from '../builder.js';

export const OrganizationRoleRef = builder.enumType('OrganizationRole', {
  description: 'What a member of an organization may do.',
  values: {
    OWNER: { description: 'Everything.' },
    ADMIN: { description: 'Everything but what concerns owners.' },
    DEVELOPER: { description: 'Makes projects, sets variables and deploys; leaves the division of the pool alone.' },
    BILLING: { description: 'Reads, and sees to the bill.' },
    VIEWER: { description: 'Reads.' },
  } as const,
});
