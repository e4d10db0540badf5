import type { Invitation, OrganizationRole } from '@apployd/sdk';
import { Form, useNavigation } from '@remix-run/react';
import { useState } from 'react';
import { problemAt } from '../../api/problem.js';
import { roleName, rolesGivenBy } from '../../people/roles.js';
import { Button } from '../../ui/button.js';
import { Confirmed } from '../../ui/confirmed.js';
import { Field } from '../../ui/field.js';
import { Panel } from '../../ui/panel.js';
import { Select } from '../../ui/select.js';
import { Time } from '../../ui/time.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';
import type { MembersAnswer } from './act.server.js';

type Props = {
  readonly organizationId: string;
  readonly viewerRole: OrganizationRole;
  readonly answer: MembersAnswer | undefined;
};

export function Invite({ organizationId, viewerRole, answer }: Props) {
  const isBusy = useNavigation().formData?.get('intent') === 'invite';
  const sent = useSent(answer);
  const problem = answer?.intent === 'invite' ? answer.problem : null;
  return (
    <Panel className="mt-4 p-4 lg:p-5">
      <h2 className="font-semibold">Invite somebody</h2>
      <p className="mt-0.5 mb-4 text-sm text-muted">They get a mail with a link that is good for 7 days.</p>
      <Form
        ref={useFocusWrong(problem)}
        key={sent}
        method="post"
        className="grid items-start gap-4 sm:grid-cols-[minmax(0,1fr)_180px]"
      >
        <input type="hidden" name="intent" value="invite" />
        <input type="hidden" name="organizationId" value={organizationId} />
        <Field
          name="email"
          label="Email"
          type="email"
          required
          autoComplete="off"
          error={problemAt(problem, 'email')}
        />
        <Select
          name="role"
          label="Role"
          defaultValue="DEVELOPER"
          options={rolesGivenBy(viewerRole)}
          error={problemAt(problem, 'role')}
        />
        <Button type="submit" kind="primary" disabled={isBusy} className="justify-self-start">
          {isBusy ? 'Sending' : 'Send invitation'}
        </Button>
      </Form>
    </Panel>
  );
}

/** How many invitations have been sent from here: each leaves the form empty for the next, and nothing else does. */
function useSent(answer: MembersAnswer | undefined): number {
  const [sent, setSent] = useState({ count: 0, last: answer });
  if (answer === sent.last) return sent.count;
  const count = answer?.intent === 'invite' && !answer.problem ? sent.count + 1 : sent.count;
  setSent({ count, last: answer });
  return count;
}

export const Invitations = ({ invitations }: { readonly invitations: readonly Invitation[] }) =>
  invitations.length === 0 ? null : (
    <Panel className="mt-4">
      <h2 className="px-4 pt-4 pb-1 font-semibold lg:px-5">Invited</h2>
      <ul className="divide-y divide-line">
        {invitations.map(({ id, email, role, invitedBy, expiresAt }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 lg:px-5">
            <div className="min-w-0 flex-1 basis-56">
              <p className="truncate font-medium">{email}</p>
              <p className="text-sm text-muted">
                {roleName(role)}
                {invitedBy && `, by ${invitedBy.name}`}, expires <Time at={expiresAt} />
              </p>
            </div>
            <Confirmed
              label="Revoke"
              about={`the invitation of ${email}`}
              title={`Take the invitation of ${email} back?`}
              text="Its link is worth nothing any more. You can send another one."
              fields={{ intent: 'revoke', invitationId: id, who: email }}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
