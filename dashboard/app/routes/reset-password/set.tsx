import { type ActionFunctionArgs, type MetaFunction, redirect } from '@remix-run/node';
import { Form, Link, useActionData, useNavigation } from '@remix-run/react';
import { apiOf } from '../../api/api.server.js';
import { problemAt } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import { Entrance } from '../../shell/entrance.js';
import { Failure } from '../../shell/failure.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Notice } from '../../ui/notice.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';

export const meta: MetaFunction = () => [{ title: 'Choose a new password · Apployd' }];

export const action = async (call: ActionFunctionArgs) => {
  const { apployd, attempt } = apiOf(call);
  const newPassword = textIn(await call.request.formData(), 'newPassword');
  const { problem } = await attempt(
    apployd.try.account.passwordReset({ token: call.params.secret ?? '', newPassword }),
  );
  return problem ? { problem } : redirect('/login?reset');
};

/** The link is used up by what is sent, not by being opened: programs that look at mails open links. */
export default function SetPassword() {
  const problem = useActionData<typeof action>()?.problem;
  const busy = useNavigation().state !== 'idle';
  return (
    <Entrance title="Choose a new password">
      <Form ref={useFocusWrong(problem)} method="post" className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-4">
        {problem && !problem.fields.newPassword && (
          <Notice title="Your password is as it was." details={problem}>
            {problem.message}
          </Notice>
        )}
        <Field
          name="newPassword"
          label="New password"
          type="password"
          autoComplete="new-password"
          required
          minLength={10}
          hint="At least 10 characters, of any kind. Every session of yours ends."
          error={problemAt(problem, 'newPassword')}
        />
        <Button type="submit" kind="primary" className="mt-1 h-9" disabled={busy}>
          {busy ? 'Saving' : 'Set the password'}
        </Button>
      </Form>
      {problem?.fields.token && (
        <p className="mt-6 text-muted">
          <Link to="/reset-password" className="font-medium text-accent hover:underline">
            Ask for another link
          </Link>
        </p>
      )}
    </Entrance>
  );
}

export const ErrorBoundary = () => <Failure page />;
