import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { problemAt } from '../../api/problem.js';
import { enter, textIn } from '../../api/session.server.js';
import { Entrance } from '../../shell/entrance.js';
import { Failure } from '../../shell/failure.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Notice } from '../../ui/notice.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';
import { pendingInvitation } from '../invitation/load.server.js';

export const meta: MetaFunction = () => [{ title: 'Create an account · Apployd' }];

/** By the link of an invitation one joins its organization, and makes none. */
export const loader = async (call: LoaderFunctionArgs) => {
  const secret = new URL(call.request.url).searchParams.get('invitation');
  if (secret === null) return { joins: null };
  const invitation = await signedIn(call, ({ apployd }) => pendingInvitation(apployd, secret));
  return { joins: invitation && { secret, name: invitation.organizationName, emailHint: invitation.emailHint } };
};

export const action = (call: ActionFunctionArgs) =>
  enter(call, (apployd, form) =>
    apployd.try.account.signUp({
      name: textIn(form, 'name'),
      email: textIn(form, 'email'),
      password: textIn(form, 'password'),
      organizationName: textIn(form, 'organizationName').trim() || undefined,
      invitation: textIn(form, 'invitation') || undefined,
    }),
  );

export default function Signup() {
  const { problem, typed } = useActionData<typeof action>() ?? {};
  const { joins } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  const busy = useNavigation().state !== 'idle';
  const isGeneral = problem && Object.keys(problem.fields).length === 0;
  return (
    <Entrance title={joins ? `Join ${joins.name}` : 'Create an account'}>
      <Form ref={useFocusWrong(problem)} method="post" className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-4">
        {isGeneral && (
          <Notice title="There is no new account." details={problem}>
            {problem.message}
          </Notice>
        )}
        <Field
          name="name"
          label="Your name"
          autoComplete="name"
          required
          defaultValue={typed?.name}
          error={problemAt(problem, 'name')}
        />
        <Field
          name="email"
          label="Email"
          type="email"
          autoComplete="username"
          required
          defaultValue={typed?.email}
          hint={joins && `The address that the invitation went to: ${joins.emailHint}`}
          error={problemAt(problem, 'email')}
        />
        <Field
          name="password"
          label="Password"
          type="password"
          autoComplete="new-password"
          required
          minLength={10}
          hint="At least 10 characters, of any kind."
          error={problemAt(problem, 'password')}
        />
        {joins ? (
          <input type="hidden" name="invitation" value={joins.secret} />
        ) : (
          <Field
            name="organizationName"
            label="Organization"
            autoComplete="organization"
            hint="It owns your projects and their pool. Your own name when left empty."
            defaultValue={typed?.organizationName}
            error={problemAt(problem, 'organizationName')}
          />
        )}
        <Button type="submit" kind="primary" className="mt-1 h-9" disabled={busy}>
          {busy ? 'Creating the account' : 'Create account'}
        </Button>
      </Form>
      <p className="mt-6 text-muted">
        Have one already?{' '}
        <Link
          to={joins ? `/login?${new URLSearchParams({ to: `/invitations/${joins.secret}` })}` : `/login?${search}`}
          className="font-medium text-accent hover:underline"
        >
          Sign in
        </Link>
      </p>
    </Entrance>
  );
}

export const ErrorBoundary = () => <Failure page />;
