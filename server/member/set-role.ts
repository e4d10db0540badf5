import type { OrganizationRole } from '@apployd/core/access';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Viewer } from '../access/viewer.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { lookUpOrganization } from '../organization/look-up.js';
import { withdrawInvitationsBeyond } from './end-membership.js';
import { lockMembers, refuseLastOwner, withinTransaction } from './members.js';
import { tellOrganization } from '../organization/tell.js';

export type MemberRoleSetInput = {
  readonly organizationId: string;
  readonly userId: string;
  readonly role: OrganizationRole;
  readonly idempotencyKey?: string | null;
};

/** Another role for a member. Only owners make and unmake owners, and one always remains. */
export async function setMemberRole(context: Context, input: MemberRoleSetInput) {
  const viewer = signedIn(context);
  const organizationId = await lookUpOrganization(context, input.organizationId);
  const userId = requireId('User', input.userId);
  const act = { mutation: 'memberRoleSet', action: 'member:update', on: { organizationId }, input } as const;
  const made = await perform(context, act, async (tx) => {
    const before = await setRole(tx, viewer, { organizationId, userId, shownId: input.userId, role: input.role });
    const audit = { target: input.userId, before: { role: before }, after: { role: input.role } };
    return { result: { organizationId }, audit };
  });
  context.events.publish('organization', organizationId);
  return made;
}

type Change = {
  readonly organizationId: string;
  readonly userId: string;
  readonly shownId: string;
  readonly role: OrganizationRole;
};

async function setRole(tx: Transaction, viewer: Viewer, change: Change): Promise<OrganizationRole> {
  const { organizationId, userId, role } = change;
  const members = await lockMembers(tx, organizationId);
  const before = found('User', change.shownId, members.get(userId) ?? null);
  const touchesOwner = before === 'OWNER' || role === 'OWNER';
  await withinTransaction(tx, viewer).require(touchesOwner ? 'owner:change' : 'member:update', { organizationId });
  if (role !== 'OWNER') refuseLastOwner(members, userId);
  await tx.membership.update({ where: { organizationId_userId: { organizationId, userId } }, data: { role } });
  await withdrawInvitationsBeyond(tx, { organizationId, userId }, role);
  await tellOrganization(tx, organizationId, {
    type: 'member.role_set',
    subjectId: userId,
    actorId: viewer.userId,
    data: { role },
  });
  return before;
}
