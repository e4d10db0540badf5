import { ValidationError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Viewer } from '../access/viewer.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { lookUpOrganization } from '../organization/look-up.js';
import { endMembership } from './end-membership.js';
import { lockMembers, refuseLastOwner, withinTransaction } from './members.js';
import { tellOrganization } from '../organization/tell.js';

export type MemberRemoveInput = {
  readonly organizationId: string;
  readonly userId: string;
  readonly idempotencyKey?: string | null;
};

/** Takes a member out: what they had open ends within seconds, their tokens for good. */
export async function removeMember(context: Context, input: MemberRemoveInput) {
  const viewer = signedIn(context);
  const organizationId = await lookUpOrganization(context, input.organizationId);
  const userId = requireId('User', input.userId);
  if (userId === viewer.userId) throw leaveInstead();
  const act = { mutation: 'memberRemove', action: 'member:remove', on: { organizationId }, input } as const;
  const made = await perform(context, act, async (tx) => {
    const role = await remove(tx, viewer, { organizationId, userId, shownId: input.userId });
    return { result: { organizationId }, audit: { target: input.userId, before: { role } } };
  });
  context.events.publish('organization', organizationId);
  return made;
}

type Target = { readonly organizationId: string; readonly userId: string; readonly shownId: string };

async function remove(tx: Transaction, viewer: Viewer, { organizationId, userId, shownId }: Target) {
  const members = await lockMembers(tx, organizationId);
  const role = found('User', shownId, members.get(userId) ?? null);
  const action = role === 'OWNER' ? 'owner:change' : 'member:remove';
  await withinTransaction(tx, viewer).require(action, { organizationId });
  refuseLastOwner(members, userId);
  await endMembership(tx, { organizationId, userId });
  await tellOrganization(tx, organizationId, {
    type: 'member.removed',
    subjectId: userId,
    actorId: viewer.userId,
  });
  return role;
}

function leaveInstead(): ValidationError {
  const message = 'This is you: leave with organizationLeave.';
  return new ValidationError([{ path: ['userId'], rule: 'SELF', message }]);
}
