import type { ActionFunctionArgs } from '@remix-run/node';
import type { OrganizationRole } from '@apployd/sdk';
import { type Api, signedIn } from '../../api/api.server.js';
import type { Problem } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';

export type MembersAnswer = { readonly intent: string; readonly problem: Problem | null; readonly done: string };

/** Invites, takes invitations back, gives roles and takes members out. */
export const actOnMembers = (call: ActionFunctionArgs): Promise<MembersAnswer> =>
  signedIn(call, async (api) => {
    const form = await call.request.formData();
    const intent = textIn(form, 'intent');
    const { problem } = await ask(api, intent, form);
    return { intent, problem, done: said[intent]?.(textIn(form, 'who')) ?? '' };
  });

const said: Readonly<Record<string, (who: string) => string>> = {
  invite: () => 'The invitation is on its way. It is good for 7 days.',
  revoke: (who) => `The invitation of ${who} is worth nothing any more.`,
  role: (who) => `${who} has the new role.`,
  remove: (who) => `${who} is no member any more.`,
};

function ask({ apployd, attempt }: Api, intent: string, form: FormData) {
  const { members, invitations } = apployd.try;
  const organizationId = textIn(form, 'organizationId');
  const userId = textIn(form, 'userId');
  const role = textIn(form, 'role') as OrganizationRole;
  if (intent === 'invite') return attempt(members.invite({ organizationId, email: textIn(form, 'email'), role }));
  if (intent === 'revoke') return attempt(invitations.revoke({ invitationId: textIn(form, 'invitationId') }));
  if (intent === 'role') return attempt(members.setRole({ organizationId, userId, role }));
  return attempt(members.remove({ organizationId, userId }));
}
