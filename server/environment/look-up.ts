import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';

/** The environment of this id that the viewer sees, as what they act on. */
export async function lookUpEnvironment(context: Context, publicId: string) {
  const { sees, userId: actorId } = signedIn(context);
  const environmentId = requireId('Environment', publicId);
  const row = await context.db.environment.findFirst({
    where: { id: environmentId, ...sees.Environment },
    select: { organizationId: true, projectId: true },
  });
  return { ...found('Environment', publicId, row), environmentId, actorId };
}
