import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';

/** The domain of this id that the viewer sees, by its environment, as what they act on. */
export async function lookUpDomain(context: Context, publicId: string) {
  const { sees, userId: actorId } = signedIn(context);
  const domainId = requireId('Domain', publicId);
  const row = await context.db.domain.findFirst({
    where: { id: domainId, ...sees.Domain },
    select: { organizationId: true, projectId: true, environmentId: true, name: true },
  });
  const { name, ...on } = found('Domain', publicId, row);
  return { on, domainId, name, actorId };
}
