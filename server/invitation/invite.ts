import type { OrganizationRole } from '@apployd/core/access';
import { newId, publicId } from '@apployd/core/id';
import { PlanLimitError, ValidationError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { emailIssues } from '../account/email.js';
import { perform } from '../access/perform.js';
import { requireVerified } from '../access/require-verified.js';
import type { Viewer } from '../access/viewer.js';
import { signedIn, type Context } from '../context.js';
import { queueMail } from '../mail/queue-mail.js';
import { withinTransaction } from '../member/members.js';
import { lockOrganization } from '../organization/lock.js';
import { lookUpOrganization } from '../organization/look-up.js';
import { tellOrganization } from '../organization/tell.js';
import { hashSecret, newSecret } from '../secret.js';
import { checkInput } from '../validation.js';
import { invitationMail } from './mail.js';
import { pending } from './state.js';

export type MemberInviteInput = {
  readonly organizationId: string;
  readonly email: string;
  readonly role: OrganizationRole;
  readonly idempotencyKey?: string | null;
};

const dayMs = 24 * 60 * 60 * 1000;
const validMs = 7 * dayMs;
/** Members are read whole. */
const mostMembers = 200;
/** An organization is no way to send mail to strangers. */
const mostADay = 100;

/** Sends an invitation by mail. One that was sent to the same address before cannot be accepted any more. */
export async function inviteMember(context: Context, input: MemberInviteInput) {
  checkInput(emailIssues(['email'], input.email));
  const viewer = signedIn(context);
  const organizationId = await lookUpOrganization(context, input.organizationId);
  const email = input.email.trim().toLowerCase();
  const action = actionFor(input.role);
  // Also for what asks for another action besides: a mail goes to a stranger all the same.
  await requireVerified(context, viewer, 'member:invite');
  const act = { mutation: 'memberInvite', action, on: { organizationId }, input } as const;
  const made = await perform(context, act, async (tx) => {
    const invited = { organizationId, email, role: input.role };
    const id = await invite(tx, context, viewer, invited);
    return {
      result: { invitationId: id, organizationId },
      audit: { target: publicId('Invitation', id), after: { email, role: input.role } },
    };
  });
  context.events.publish('organization', organizationId);
  return made;
}

/** Only owners make owners, and only they withdraw what was to make one. */
export function actionFor(role: OrganizationRole) {
  return role === 'OWNER' ? 'owner:change' : 'member:invite';
}

type Invited = { readonly organizationId: string; readonly email: string; readonly role: OrganizationRole };

async function invite(tx: Transaction, context: Context, viewer: Viewer, invited: Invited): Promise<string> {
  const { organizationId, email, role } = invited;
  const inside = withinTransaction(tx, viewer);
  await lockOrganization(tx, organizationId);
  await inside.require(actionFor(role), { organizationId });
  await refuseMember(tx, invited);
  await replaceEarlier(tx, inside, invited);
  await refuseTooMany(tx, organizationId);
  const secret = newSecret();
  const { id, organization, invitedBy } = await tx.invitation.create({
    data: {
      id: newId(),
      organizationId,
      email,
      role,
      secretHash: hashSecret(secret),
      invitedById: viewer.userId,
      expiresAt: new Date(Date.now() + validMs),
    },
    select: { id: true, organization: { select: { name: true } }, invitedBy: { select: { name: true } } },
  });
  const link = new URL(`/invitations/${secret}`, context.settings.APPLOYD_PUBLIC_URL).toString();
  const inviter = invitedBy?.name ?? organization.name;
  await queueMail(tx, context, invitationMail({ to: email, inviter, organization: organization.name, role, link }));
  await tellOrganization(tx, organizationId, { type: 'invitation.sent', subjectId: id, actorId: viewer.userId });
  return id;
}

async function refuseMember(tx: Transaction, { organizationId, email }: Invited): Promise<void> {
  if ((await tx.membership.count({ where: { organizationId, user: { email } } })) === 0) return;
  const message = `${email} is a member already. Change the role instead.`;
  throw new ValidationError([{ path: ['email'], rule: 'TAKEN', message }]);
}

async function replaceEarlier(tx: Transaction, viewer: Viewer, { organizationId, email }: Invited): Promise<void> {
  const earlier = await tx.invitation.findMany({
    where: { organizationId, email, ...pending() },
    select: { id: true, role: true },
  });
  for (const { role } of earlier) await viewer.require(actionFor(role), { organizationId });
  const where = { id: { in: earlier.map(({ id }) => id) } };
  await tx.invitation.updateMany({ where, data: { revokedAt: new Date() } });
}

async function refuseTooMany(tx: Transaction, organizationId: string): Promise<void> {
  const lately = { organizationId, createdAt: { gt: new Date(Date.now() - dayMs) } };
  const sent = await tx.invitation.count({ where: lately });
  if (sent >= mostADay) {
    const message = `An organization sends at most ${mostADay} invitations a day. Go on tomorrow.`;
    throw new PlanLimitError(message, 'invitationsADay', { maximum: mostADay, current: sent });
  }
  const members = await tx.membership.count({ where: { organizationId } });
  const current = members + (await tx.invitation.count({ where: { organizationId, ...pending() } }));
  if (current < mostMembers) return;
  const message = `An organization has at most ${mostMembers} members, with those who are invited. Remove some first.`;
  throw new PlanLimitError(message, 'members', { maximum: mostMembers, current });
}
