import { publicId } from '@apployd/core/id';
import { ValidationError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { performAsPerson } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { withdrawInvitationsBeyond } from '../member/end-membership.js';
import { lockMembers, withinTransaction } from '../member/members.js';
import { mustStillSee } from './look-up.js';
import { tellOrganization } from './tell.js';

export type OrganizationTransferInput = {
  readonly organizationId: string;
  readonly userId: string;
  readonly idempotencyKey?: string | null;
};

/** A member becomes an owner, and the caller an admin. Who is no owner any more may be told so again. */
export async function transferOrganization(context: Context, input: OrganizationTransferInput) {
  const viewer = signedIn(context);
  const organizationId = requireId('Organization', input.organizationId);
  const userId = requireId('User', input.userId);
  if (userId === viewer.userId) throw ownAlready();
  const act = { mutation: 'organizationTransfer', input, on: { organizationId } };
  const made = await performAsPerson(context, act, async (tx) => {
    const inside = withinTransaction(tx, viewer);
    await inside.require('organization:transfer', { organizationId });
    const members = await lockMembers(tx, organizationId);
    await inside.require('organization:transfer', { organizationId });
    const role = found('User', input.userId, members.get(userId) ?? null);
    await handOver(tx, { organizationId, from: viewer.userId, to: userId });
    const [from, to] = [publicId('User', viewer.userId), input.userId];
    const before = { [from]: 'OWNER', [to]: role };
    const after = { [from]: 'ADMIN', [to]: 'OWNER' };
    return { result: { organizationId }, organizationId, audit: { target: input.organizationId, before, after } };
  });
  if (made.replayed) await mustStillSee(context, organizationId);
  context.events.publish('organization', organizationId);
  return made;
}

type HandOver = { readonly organizationId: string; readonly from: string; readonly to: string };

async function handOver(tx: Transaction, { organizationId, from, to }: HandOver): Promise<void> {
  const at = (userId: string) => ({ organizationId_userId: { organizationId, userId } });
  await tx.membership.update({ where: at(to), data: { role: 'OWNER' } });
  await tx.membership.update({ where: at(from), data: { role: 'ADMIN' } });
  await withdrawInvitationsBeyond(tx, { organizationId, userId: from }, 'ADMIN');
  await tellOrganization(tx, organizationId, {
    type: 'organization.transferred',
    subjectId: organizationId,
    actorId: from,
    data: { to: publicId('User', to) },
  });
}

function ownAlready(): ValidationError {
  const message = 'This is you. Name the member who is to own the organization.';
  return new ValidationError([{ path: ['userId'], rule: 'SELF', message }]);
}
