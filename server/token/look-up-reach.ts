import { ValidationError } from '@apployd/core/refusal';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';

type Named = { readonly projectId?: string | null; readonly environmentId?: string | null };

/** The project and environment that a token is to reach alone: of the organization, and in the caller's own sight. */
export async function lookUpReach(context: Context, organizationId: string, { projectId, environmentId }: Named) {
  const { sees } = signedIn(context);
  const project = projectId == null ? null : requireId('Project', projectId);
  if (projectId != null && project) {
    const where = { id: project, organizationId, ...sees.Project };
    found('Project', projectId, await context.db.project.findFirst({ where, select: { id: true } }));
  }
  if (environmentId == null) return { projectId: project, environmentId: null };
  const id = requireId('Environment', environmentId);
  const where = { id, organizationId, ...sees.Environment };
  const row = await context.db.environment.findFirst({ where, select: { projectId: true } });
  const environment = found('Environment', environmentId, row);
  if (project !== null && project !== environment.projectId) throw ofAnotherProject();
  return { projectId: environment.projectId, environmentId: id };
}

function ofAnotherProject(): ValidationError {
  const message = 'This environment is of another project. Leave projectId out, or name its own.';
  return new ValidationError([{ path: ['environmentId'], rule: 'MISMATCH', message }]);
}
