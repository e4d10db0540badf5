import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { Entrance } from '../../shell/entrance.js';
import { Failure } from '../../shell/failure.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';

export const meta: MetaFunction = () => [{ title: 'Verify your address · Apployd' }];

/** Who is not signed in signs in first, and comes back: the link is for the account that it was sent for. */
export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ apployd }) => {
    const { user } = await apployd.account.viewer();
    return { name: user.name };
  });

export const action = (call: ActionFunctionArgs) =>
  signedIn(call, async ({ apployd, attempt }) => {
    const { granted, problem } = await attempt(apployd.try.account.emailVerify({ token: call.params.secret ?? '' }));
    return { email: granted?.email ?? null, problem };
  });

/** The link is used up by a press, not by being opened: programs that look at mails open links. */
export default function VerifyEmail() {
  const { name } = useLoaderData<typeof loader>();
  const { email, problem } = useActionData<typeof action>() ?? {};
  const busy = useNavigation().state !== 'idle';
  return (
    <Entrance title="Verify your address">
      {email ? (
        <p role="status" className="mt-6 text-muted [overflow-wrap:anywhere]">
          {email} is verified.
        </p>
      ) : (
        <Form method="post" className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-4">
          {problem && (
            <Notice title="The address was not verified." details={problem}>
              {problem.message}
            </Notice>
          )}
          <p className="text-muted">
            You came here by a link that was sent to your address, and are signed in as {name}. One press, and the
            address is verified.
          </p>
          <Button type="submit" kind="primary" className="mt-1 h-9" disabled={busy}>
            {busy ? 'Verifying' : 'Verify this address'}
          </Button>
        </Form>
      )}
      <p className="mt-6 text-muted">
        <Link to={problem ? '/account' : '/'} className="font-medium text-accent hover:underline">
          {problem ? 'Ask for another link' : 'Your projects'}
        </Link>
      </p>
    </Entrance>
  );
}

export const ErrorBoundary = () => <Failure page />;
