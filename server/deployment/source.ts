import { publicId } from '@apployd/core/id';
import type { Deployment, Upload } from '@apployd/prisma/generated/client/client';
import { builder } from '../builder.js';
import { GitRepositoryRef } from '../project/repository.js';

type SourceRow = Deployment & {
  readonly project: { readonly defaultBranch: string | null };
  readonly upload: Upload | null;
};
type GitSource = SourceRow & { readonly kind: 'git' };
type UploadSource = Upload & { readonly kind: 'upload' };

const GitSourceRef = builder.objectRef<GitSource>('GitSource').implement({
  description: 'A revision of a repository.',
  fields: (t) => ({
    repository: t.field({
      type: GitRepositoryRef,
      resolve: ({ repositoryUrl, project }) => ({ url: repositoryUrl ?? '', defaultBranch: project.defaultBranch }),
    }),
    ref: t.exposeString('ref', {
      nullable: true,
      description: "What was asked for; null is the repository's default branch.",
    }),
    commit: t.exposeString('commit', { nullable: true, description: 'Its full SHA; null until it has been fetched.' }),
    message: t.string({ nullable: true, resolve: ({ commitMessage }) => commitMessage }),
    author: t.string({ nullable: true, resolve: ({ commitAuthor }) => commitAuthor }),
  }),
});

const UploadSourceRef = builder.objectRef<UploadSource>('UploadSource').implement({
  description: 'A folder that was uploaded through sourceUploadCreate.',
  fields: (t) => ({
    uploadId: t.id({ nullable: true, resolve: ({ id }) => publicId('Upload', id) }),
    sha256: t.exposeString('sha256'),
    sizeBytes: t.field({ type: 'SafeInt', description: 'Of the tar.gz.', resolve: ({ sizeBytes }) => sizeBytes }),
  }),
});

export const DeploymentSourceRef = builder.unionType('DeploymentSource', {
  description: 'Where the code came from.',
  types: [GitSourceRef, UploadSourceRef],
  resolveType: ({ kind }) => (kind === 'git' ? GitSourceRef : UploadSourceRef),
});

export function sourceOf(row: SourceRow): GitSource | UploadSource {
  return row.upload ? { ...row.upload, kind: 'upload' } : { ...row, kind: 'git' };
}
