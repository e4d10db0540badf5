import type { ActionFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useNavigation, useSearchParams } from '@remix-run/react';
import { problemAt } from '../../api/problem.js';
import { enter, textIn } from '../../api/session.server.js';
import { Entrance } from '../../shell/entrance.js';
import { Failure } from '../../shell/failure.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Notice } from '../../ui/notice.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';

export const meta: MetaFunction = () => [{ title: 'Sign in · Apployd' }];

export const action = (call: ActionFunctionArgs) =>
  enter(call, (apployd, form) =>
    apployd.try.account.signIn({ email: textIn(form, 'email'), password: textIn(form, 'password') }),
  );

export default function Login() {
  const refused = useActionData<typeof action>();
  const [search] = useSearchParams();
  const busy = useNavigation().state !== 'idle';
  const { problem, typed } = refused ?? {};
  const isGeneral = problem && Object.keys(problem.fields).every((path) => path === '');
  return (
    <Entrance title="Sign in">
      <Form ref={useFocusWrong(problem)} method="post" className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-4">
        {isGeneral && (
          <Notice title="You are not signed in." details={problem}>
            {problem.message}
          </Notice>
        )}
        <Field
          name="email"
          label="Email"
          type="email"
          autoComplete="username"
          required
          defaultValue={typed?.email}
          error={problemAt(problem, 'email')}
        />
        <Field
          name="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          error={problemAt(problem, 'password')}
        />
        <Button type="submit" kind="primary" className="mt-1 h-9" disabled={busy}>
          {busy ? 'Signing in' : 'Sign in'}
        </Button>
      </Form>
      <p className="mt-6 text-muted">
        New here?{' '}
        <Link to={`/signup?${search}`} className="font-medium text-accent hover:underline">
          Create an account
        </Link>
      </p>
    </Entrance>
  );
}

export const ErrorBoundary = () => <Failure page />;
