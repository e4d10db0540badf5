import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData } from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { NotChanged } from '../../people/refusal.js';
import { isAdmin } from '../../people/roles.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { useOrganization } from '../../shell/organization-context.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { actOnMembers } from './act.server.js';
import { Invitations, Invite } from './invite.js';
import { MemberRow } from './member-row.js';

export const handle: PageHandle = { section: 'members', crumbs: () => [{ label: 'Members' }] };

export const meta: MetaFunction = ({ params }) => [{ title: `Members · ${params.org} · Apployd` }];

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ apployd }) => {
    const { id, viewerRole } = await apployd.organizations.get({ slug: call.params.org ?? '' });
    const members = await apployd.members.list(id);
    return { members, invitations: isAdmin(viewerRole) ? await apployd.invitations.list(id) : [] };
  });

export const action = (call: ActionFunctionArgs) => actOnMembers(call);

/** Who belongs to the organization, and who is asked to. */
export default function Members() {
  const { organization, person } = useOrganization();
  const { members, invitations } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const { id, viewerRole } = organization;
  const changes = isAdmin(viewerRole) ? viewerRole : null;
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Members</h1>
      <p className="mt-0.5 max-w-[66ch] text-muted">
        Admins see to members, developers deploy, billing and viewers look. Owners may do everything.
      </p>
      <NotChanged problem={answer?.problem} />
      {answer && !answer.problem && <Notice tone="info" className="mt-4" title={answer.done} />}
      <Panel className="mt-5">
        <ul aria-label="Members" className="divide-y divide-line">
          {members.map((member) => (
            <MemberRow
              key={member.user.id}
              member={member}
              organizationId={id}
              viewerRole={changes}
              isSelf={member.user.id === person.id}
            />
          ))}
        </ul>
      </Panel>
      <Invitations invitations={invitations} />
      {changes && <Invite organizationId={id} viewerRole={changes} answer={answer} />}
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
