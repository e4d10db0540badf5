import type { OrganizationRole } from '@apployd/core/access';
import type { Mail } from '@apployd/core/mail';

type Invitation = {
  readonly to: string;
  readonly inviter: string;
  readonly organization: string;
  readonly role: OrganizationRole;
  readonly link: string;
};

export function invitationMail({ to, inviter, organization, role, link }: Invitation): Mail {
  const text = [
    `${inviter} invites you to the organization "${organization}" on Apployd, as ${role}.`,
    `Accept within seven days, signed in with this e-mail address:\n${link}`,
    'The link is for you alone: do not pass it on. If you did not expect it, do nothing.',
  ];
  return { to, subject: `${inviter} invites you to "${organization}" on Apployd`, text: `${text.join('\n\n')}\n` };
}
