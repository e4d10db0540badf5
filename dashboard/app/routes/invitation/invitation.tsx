import { type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { Entrance } from '../../shell/entrance.js';
import { Failure } from '../../shell/failure.js';
import { Button, ButtonLink } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { loadInvitation } from './load.server.js';

export const meta: MetaFunction = () => [{ title: 'Invitation · Apployd' }];

export const loader = (call: LoaderFunctionArgs) => loadInvitation(call, call.params.secret ?? '');

export const action = (call: ActionFunctionArgs) =>
  signedIn(call, async ({ apployd, attempt }) => {
    const { granted, problem } = await attempt(apployd.try.invitations.accept({ secret: call.params.secret ?? '' }));
    return problem ? { problem } : redirect(`/${granted.organization.slug}`);
  });

/** Where the link of an invitation leads: who is signed in accepts, everybody else signs in or up first. */
export default function Invitation() {
  const { secret, invitation, person } = useLoaderData<typeof loader>();
  const { organizationName, inviterName, role, emailHint, state } = invitation;
  const problem = useActionData<typeof action>()?.problem;
  return (
    <Entrance title={`Join ${organizationName}`}>
      {state === 'PENDING' ? (
        <>
          <p className="mt-3 text-muted [overflow-wrap:anywhere]">
            {inviterName ?? organizationName} invites {emailHint} to be a {role.toLowerCase()} of {organizationName}.
          </p>
          {problem && (
            <Notice className="mt-6" title="You have not joined." details={problem}>
              {problem.message}
            </Notice>
          )}
          {person ? <Accept email={person.email} /> : <Ways secret={secret} />}
        </>
      ) : (
        <p className="mt-3 text-muted">{over[state] ?? 'This invitation cannot be accepted.'}</p>
      )}
    </Entrance>
  );
}

const over: Readonly<Record<string, string>> = {
  ACCEPTED: 'This invitation was accepted already. Sign in to see the organization.',
  REVOKED: 'This invitation was withdrawn, or a later one took its place. Ask for another.',
  EXPIRED: 'This invitation has expired. Ask for another.',
};

function Accept({ email }: { readonly email: string | null }) {
  const busy = useNavigation().state !== 'idle';
  return (
    <div className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-4">
      <Form method="post" className="grid">
        <Button type="submit" kind="primary" className="h-9" disabled={busy}>
          {busy ? 'Joining' : 'Join'}
        </Button>
      </Form>
      <p className="text-sm text-muted [overflow-wrap:anywhere]">You are signed in as {email}.</p>
      <Form method="post" action="/logout" reloadDocument>
        <Button type="submit" small>
          Sign out
        </Button>
      </Form>
    </div>
  );
}

const Ways = ({ secret }: { readonly secret: string }) => (
  <div className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-3">
    <ButtonLink to={`/signup?${new URLSearchParams({ invitation: secret })}`} kind="primary" className="h-9">
      Create an account
    </ButtonLink>
    <ButtonLink to={`/login?${new URLSearchParams({ to: `/invitations/${secret}` })}`} className="h-9">
      Sign in
    </ButtonLink>
  </div>
);

export const ErrorBoundary = () => <Failure page />;
