import { type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node';
import { Form, Link, useActionData, useNavigation } from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { problemAt } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import { NotChanged } from '../../people/refusal.js';
import { Entrance } from '../../shell/entrance.js';
import { Failure } from '../../shell/failure.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';

export const meta: MetaFunction = () => [{ title: 'New organization · Apployd' }];

/** For who has signed in alone. */
export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ apployd }) => {
    await apployd.account.viewer();
    return null;
  });

/** Makes the organization and goes to its pages. */
export const action = (call: ActionFunctionArgs) =>
  signedIn(call, async ({ apployd, attempt }) => {
    const form = await call.request.formData();
    const slug = textIn(form, 'slug').trim();
    const { granted, problem } = await attempt(
      apployd.try.organizations.create({ name: textIn(form, 'name'), slug: slug || null }),
    );
    return problem ? { problem } : redirect(`/${granted.organization.slug}`);
  });

export default function NewOrganization() {
  const problem = useActionData<typeof action>()?.problem;
  const isBusy = useNavigation().state !== 'idle';
  return (
    <Entrance title="New organization">
      <p className="mt-2 text-muted">It owns projects, and has a plan and a pool of its own.</p>
      <NotChanged problem={problem} />
      <Form ref={useFocusWrong(problem)} method="post" className="mt-6 grid gap-4">
        <Field
          name="name"
          label="Name"
          required
          maxLength={100}
          autoComplete="off"
          error={problemAt(problem, 'name')}
        />
        <Field
          name="slug"
          label="Address"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="Made from the name"
          error={problemAt(problem, 'slug')}
        />
        <Button type="submit" kind="primary" disabled={isBusy}>
          {isBusy ? 'Making it' : 'Make organization'}
        </Button>
      </Form>
      <p className="mt-6">
        <Link to="/" className="font-medium text-accent hover:underline">
          Back
        </Link>
      </p>
    </Entrance>
  );
}

export const ErrorBoundary = () => <Failure page />;
