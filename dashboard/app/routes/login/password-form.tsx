import { Form, Link, useNavigation } from '@remix-run/react';
import { type Problem, problemAt } from '../../api/problem.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Notice } from '../../ui/notice.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';

type Props = { readonly problem?: Problem | null; readonly typed?: Readonly<Record<string, string>> };

export function PasswordForm({ problem, typed }: Props) {
  const busy = useNavigation().state !== 'idle';
  const isGeneral = problem && !['email', 'password'].some((path) => problem.fields[path]);
  return (
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
      <p>
        <Link to="/reset-password" className="font-medium text-accent hover:underline">
          Forgot it?
        </Link>
      </p>
    </Form>
  );
}
