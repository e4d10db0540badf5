import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';

/** The project that the viewer means and may see, and in whose name it is changed; a foreign one is not found. */
export async function lookUpProject(context: Context, publicId: string) {
  const { sees, userId: actorId } = signedIn(context);
  const where = { id: requireId('Project', publicId), ...sees.Project };
  const row = await context.db.project.findFirst({ where, select: { id: true, organizationId: true } });
  return { ...found('Project', publicId, row), actorId };
}
