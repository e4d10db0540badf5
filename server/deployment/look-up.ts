import type { Deployment } from '@apployd/prisma/generated/client/client';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';

/** The deployment of this id that the viewer sees. */
export async function lookUpDeployment(context: Context, publicId: string): Promise<Deployment> {
  const { sees } = signedIn(context);
  const id = requireId('Deployment', publicId);
  const row = await context.db.deployment.findFirst({ where: { id, ...sees.Deployment } });
  return found('Deployment', publicId, row);
}

/** Where its code came from, as another deployment keeps it. */
export function sourceColumns({ repositoryUrl, ref, commit, commitMessage, commitAuthor, uploadId }: Deployment) {
  return { repositoryUrl, ref, commit, commitMessage, commitAuthor, uploadId };
}
