import { performAsPerson } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { endMembership } from '../member/end-membership.js';
import { lockMembers, refuseLastOwner, withinTransaction } from '../member/members.js';
import { tellOrganization } from './tell.js';

export type OrganizationLeaveInput = { readonly organizationId: string; readonly idempotencyKey?: string | null };

/** Ends the caller's own membership. Who has left may be told so again: the organization is asked for inside. */
export async function leaveOrganization(context: Context, input: OrganizationLeaveInput) {
  const viewer = signedIn(context);
  const { userId } = viewer;
  const organizationId = requireId('Organization', input.organizationId);
  const act = { mutation: 'organizationLeave', input, on: { organizationId } };
  const made = await performAsPerson(context, act, async (tx) => {
    await withinTransaction(tx, viewer).require('organization:leave', { organizationId });
    const members = await lockMembers(tx, organizationId);
    const role = found('Organization', input.organizationId, members.get(userId) ?? null);
    refuseLastOwner(members, userId);
    await endMembership(tx, { organizationId, userId });
    await tellOrganization(tx, organizationId, { type: 'member.left', subjectId: userId, actorId: userId });
    return { result: { organizationId }, organizationId, audit: { target: input.organizationId, before: { role } } };
  });
  context.events.publish('organization', organizationId);
  return { ...made, organizationId: input.organizationId };
}
