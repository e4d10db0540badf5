import type { ActionFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useActionData, useSearchParams } from '@remix-run/react';
import { enter, textIn } from '../../api/session.server.js';
import { Entrance } from '../../shell/entrance.js';
import { Failure } from '../../shell/failure.js';
import { Notice } from '../../ui/notice.js';
import { CodeForm } from './code-form.js';
import { PasswordForm } from './password-form.js';

export const meta: MetaFunction = () => [{ title: 'Sign in · Apployd' }];

export const action = (call: ActionFunctionArgs) =>
  enter(call, (apployd, form) =>
    form.has('challenge')
      ? apployd.try.account.signInVerify({ challenge: textIn(form, 'challenge'), code: textIn(form, 'code') })
      : apployd.try.account.signIn({ email: textIn(form, 'email'), password: textIn(form, 'password') }),
  );

/** The password first; where the account has a second factor, a code of it as the next step. */
export default function Login() {
  const answer = useActionData<typeof action>();
  const [search] = useSearchParams();
  if (answer?.challenge) {
    return (
      <Entrance title="Enter your code">
        <CodeForm challenge={answer.challenge} problem={answer.problem} />
      </Entrance>
    );
  }
  return (
    <Entrance title="Sign in">
      {search.has('reset') && !answer && (
        <Notice tone="info" className="mt-6" title="Your password was changed.">
          Sign in with the new one. Every session has ended.
        </Notice>
      )}
      <PasswordForm problem={answer?.problem} typed={answer?.typed} />
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
