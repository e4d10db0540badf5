import { builder } from '../builder.js';

export const GitRepositoryRef = builder
  .objectRef<{ readonly url: string; readonly defaultBranch: string | null }>('GitRepository')
  .implement({
    description: 'Where code comes from.',
    fields: (t) => ({
      url: t.exposeString('url', { description: 'Clone URL, without credentials.' }),
      defaultBranch: t.exposeString('defaultBranch', {
        nullable: true,
        description: 'Null: what the repository says.',
      }),
    }),
  });
