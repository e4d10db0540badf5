import { Form, useNavigation } from '@remix-run/react';
import { problemAt, type Problem } from '../../api/problem.js';
import type { Organization } from '../../shell/organization-context.js';
import { Button } from '../../ui/button.js';
import { Field, FieldError } from '../../ui/field.js';
import { Panel } from '../../ui/panel.js';
import { Select } from '../../ui/select.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';
import { scopeText } from './scopes.js';

type Props = { readonly organization: Organization; readonly problem: Problem | null };

const lifetimes = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'A year'],
  ['0', 'Never'],
] as const;

export function CreateToken({ organization, problem }: Props) {
  const isBusy = useNavigation().formData?.get('intent') === 'create';
  const projects = organization.projects.nodes.map(({ id, slug }) => [id, slug] as const);
  return (
    <Panel className="mt-4 p-4 lg:p-5">
      <h2 className="font-semibold">Make a token</h2>
      <p className="mt-0.5 mb-4 text-sm text-muted">
        It acts for you, within what you choose here, and never beyond what you may at the moment.
      </p>
      <Form ref={useFocusWrong(problem)} method="post" className="grid gap-4">
        <input type="hidden" name="intent" value="create" />
        <input type="hidden" name="organizationId" value={organization.id} />
        <div className="grid items-start gap-4 sm:grid-cols-3">
          <Field name="name" label="Name" required error={problemAt(problem, 'name')} />
          <Select name="days" label="Expires after" options={lifetimes} error={problemAt(problem, 'expiresAt')} />
          <Select name="projectId" label="Reaches" options={[['', 'The whole organization'], ...projects]} />
        </div>
        <fieldset className="min-w-0">
          <legend className="text-sm font-medium">It may</legend>
          <div className="mt-1.5 grid gap-x-4 sm:grid-cols-2">
            {organization.viewerScopes.map((scope) => (
              <label key={scope} className="flex min-h-8 items-center gap-2.5 text-sm coarse:min-h-11">
                <input
                  type="checkbox"
                  name="scopes"
                  value={scope}
                  className="size-4 accent-[var(--accent-solid)] coarse:size-6"
                />
                {scopeText(scope)}
              </label>
            ))}
          </div>
          <FieldError id="scopes-error">{problemAt(problem, 'scopes')}</FieldError>
        </fieldset>
        <Button type="submit" kind="primary" disabled={isBusy} className="justify-self-start">
          {isBusy ? 'Making' : 'Make token'}
        </Button>
      </Form>
    </Panel>
  );
}
