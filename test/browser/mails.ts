import type { Front } from './a-front.js';

/** Path of the link in the newest mail to an address that leads to a page of this name. Mails are printed here. */
export async function pathInMail({ platform }: Front, to: string, page: string): Promise<string> {
  let found: string | undefined;
  await platform.until(() => {
    const [, ...mails] = platform.output.join('\n').split('A mail to ');
    const links = mails
      .filter((mail) => mail.startsWith(`${to},`))
      .map((mail) => new RegExp(`http://[^/\\s]+(/${page}/[\\w-]+)`).exec(mail)?.[1]);
    found = links.filter(Boolean).at(-1);
    return found !== undefined;
  }, `a mail to ${to} that leads to /${page}`);
  return found ?? '';
}

/** Ada invites somebody to her organization; the path of the link that is sent to them. */
export async function anInvitation(
  front: Front,
  email: string,
  role: 'DEVELOPER' | 'VIEWER' = 'DEVELOPER',
): Promise<string> {
  const { apployd } = front.platform;
  const [organization] = (await apployd.account.viewer()).organizations.nodes;
  await apployd.members.invite({ organizationId: organization?.id ?? '', email, role });
  return pathInMail(front, email, 'invitations');
}
