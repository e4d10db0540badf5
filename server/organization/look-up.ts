import { publicId } from '@apployd/core/id';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';

/** The UUID of an organization that the viewer sees, or NOT_FOUND. */
export async function lookUpOrganization(context: Context, shownId: string): Promise<string> {
  const id = requireId('Organization', shownId);
  const { sees } = signedIn(context);
  const row = await context.db.organization.findFirst({ where: { id, ...sees.Organization }, select: { id: true } });
  return found('Organization', shownId, row).id;
}

/** For what was done earlier and is told again: its organization may be out of sight by now. */
export async function mustStillSee(context: Context, organizationId: string): Promise<void> {
  await lookUpOrganization(context, publicId('Organization', organizationId));
}
