import type { ActionFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useNavigation } from '@remix-run/react';
import { apiOf } from '../../api/api.server.js';
import { type Problem, problemAt } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import { Entrance } from '../../shell/entrance.js';
import { Failure } from '../../shell/failure.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Notice } from '../../ui/notice.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';

export const meta: MetaFunction = () => [{ title: 'Reset your password · Apployd' }];

export const action = async (call: ActionFunctionArgs) => {
  const { apployd, attempt } = apiOf(call);
  const email = textIn(await call.request.formData(), 'email');
  const { problem } = await attempt(apployd.try.account.passwordResetRequest({ email }));
  return { email, problem };
};

/** Whether the address has an account is told by mail alone. */
export default function AskForReset() {
  const answer = useActionData<typeof action>();
  return (
    <Entrance title="Reset your password">
      {answer && !answer.problem ? (
        <p role="status" className="mt-6 text-muted [overflow-wrap:anywhere]">
          Where {answer.email} has an account, a mail with a link is on its way. The link works once, for an hour.
        </p>
      ) : (
        <AskForm email={answer?.email} problem={answer?.problem} />
      )}
      <p className="mt-6 text-muted">
        <Link to="/login" className="font-medium text-accent hover:underline">
          Back to signing in
        </Link>
      </p>
    </Entrance>
  );
}

type Asked = { readonly email?: string; readonly problem?: Problem | null };

function AskForm({ email, problem }: Asked) {
  const busy = useNavigation().state !== 'idle';
  return (
    <Form ref={useFocusWrong(problem)} method="post" className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-4">
      {problem && !problem.fields.email && (
        <Notice title="No link was sent." details={problem}>
          {problem.message}
        </Notice>
      )}
      <Field
        name="email"
        label="Email"
        type="email"
        autoComplete="username"
        required
        defaultValue={email}
        hint="A link to choose a new password is sent there."
        error={problemAt(problem, 'email')}
      />
      <Button type="submit" kind="primary" className="mt-1 h-9" disabled={busy}>
        {busy ? 'Sending' : 'Send the link'}
      </Button>
    </Form>
  );
}

export const ErrorBoundary = () => <Failure page />;
