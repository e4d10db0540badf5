import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';

/** The volume of this id that the viewer sees, by its environment, as what they act on. */
export async function lookUpVolume(context: Context, publicId: string) {
  const { sees, userId: actorId } = signedIn(context);
  const volumeId = requireId('Volume', publicId);
  const row = await context.db.volume.findFirst({
    where: { id: volumeId, environment: sees.Environment },
    select: { organizationId: true, projectId: true, environmentId: true, name: true },
  });
  const { name, ...on } = found('Volume', publicId, row);
  return { on, volumeId, name, actorId };
}
