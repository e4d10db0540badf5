import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData } from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { isAdmin } from '../../people/roles.js';
import { SettingsFrame } from '../../settings/frame.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { useOrganization } from '../../shell/organization-context.js';
import { changeOrganization } from './change.server.js';
import { Leave } from './leave.js';
import { Name } from './name.js';
import { Transfer, Transferred } from './transfer.js';

export const handle: PageHandle = { section: 'settings', crumbs: () => [{ label: 'Settings' }] };

export const meta: MetaFunction = ({ params }) => [{ title: `Settings · ${params.org} · Apployd` }];

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ apployd }) => {
    const { id } = await apployd.organizations.get({ slug: call.params.org ?? '' });
    return { members: await apployd.members.list(id) };
  });

export const action = (call: ActionFunctionArgs) => changeOrganization(call);

/** The organization itself: how it is called, whose it is, and the way out of it. */
export default function OrganizationSettings() {
  const { organization, person } = useOrganization();
  const { members } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isOwner = organization.viewerRole === 'OWNER';
  const others = members.filter(({ user }) => user.id !== person.id);
  const entries = [
    ...(isAdmin(organization.viewerRole) ? [{ label: 'Name and address', to: '#identity' }] : []),
    ...(isOwner ? [{ label: 'Transfer', to: '#transfer' }] : []),
    { label: 'Leave', to: '#leave' },
  ];
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Settings</h1>
      <SettingsFrame groups={[{ title: 'Organization', entries }]}>
        {isAdmin(organization.viewerRole) && (
          <Name key={organization.version} organization={organization} answer={answer} />
        )}
        {isOwner && <Transfer organization={organization} others={others} answer={answer} />}
        {!isOwner && <Transferred answer={answer} />}
        <Leave organization={organization} answer={answer} />
      </SettingsFrame>
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
