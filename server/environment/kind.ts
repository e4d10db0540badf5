import { builder } from '../builder.js';

export const EnvironmentKindRef = builder.enumType('EnvironmentKind', {
  description: 'What an environment is for.',
  values: {
    PRODUCTION: { description: 'Each project has one, made and deleted with it.' },
    STAGING: { description: 'To try what is to be promoted.' },
    PREVIEW: { description: 'To look at one change.' },
  } as const,
});
