import { Form, Link, useLocation, useNavigation } from '@remix-run/react';
import { type Problem, problemAt } from '../../api/problem.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Notice } from '../../ui/notice.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';

type Props = { readonly challenge: string; readonly problem: Problem | null };

/** The password was right: the code that the second factor shows. */
export function CodeForm({ challenge, problem }: Props) {
  const busy = useNavigation().state !== 'idle';
  const { pathname, search } = useLocation();
  return (
    <Form ref={useFocusWrong(problem)} method="post" className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-4">
      {problem && !problem.fields.code && (
        <Notice title="You are not signed in." details={problem}>
          {problem.message}
        </Notice>
      )}
      <input type="hidden" name="challenge" value={challenge} />
      <Field
        name="code"
        label="Code"
        inputMode="text"
        autoComplete="one-time-code"
        autoFocus
        required
        maxLength={40}
        hint="Six digits from your authenticator, or one of your recovery codes."
        error={problemAt(problem, 'code')}
      />
      <Button type="submit" kind="primary" className="mt-1 h-9" disabled={busy}>
        {busy ? 'Signing in' : 'Sign in'}
      </Button>
      <p>
        <Link to={pathname + search} reloadDocument className="font-medium text-accent hover:underline">
          Begin again
        </Link>
      </p>
    </Form>
  );
}
