import { Form, useNavigation } from '@remix-run/react';
import { Plus } from 'lucide-react';
import { problemAt } from '../../api/problem.js';
import { formatOf } from '../../pool/resources.js';
import type { Refused } from '../../project/act.server.js';
import type { Project } from '../../project/shown.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { Select } from '../../ui/select.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';

type Props = { readonly project: Project; readonly answer: Refused | undefined };

/** Makes another running copy of the project, and says what that takes. */
export function NewEnvironment({ project, answer }: Props) {
  const problem = answer?.intent === 'create' ? answer.problem : undefined;
  const isBusy = useNavigation().formData?.get('intent') === 'create';
  const sources = project.environments.nodes.filter(({ deletesAt }) => !deletesAt);
  const hasOthers = sources.some(({ kind }) => kind !== 'PRODUCTION');
  return (
    <Panel className="mt-4">
      <Form ref={useFocusWrong(problem)} method="post" className="p-4 lg:p-5">
        <h2 className="font-semibold">New environment</h2>
        <p className="mt-0.5 text-sm text-muted">
          Another running copy of the project, with its own address, variables and deployments. {sliceOf(project)}
        </p>
        {problem && (
          <Notice className="mt-3" title="No environment was made." details={problem}>
            {problem.message}
          </Notice>
        )}
        <input type="hidden" name="intent" value="create" />
        <input type="hidden" name="projectId" value={project.id} />
        <div className="mt-4 grid gap-4 sm:grid-cols-3">
          <Field
            name="slug"
            label="Name"
            required
            defaultValue={hasOthers ? '' : 'staging'}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            hint="Part of its address: a-z, 0-9 and dashes."
            error={problemAt(problem, 'slug')}
          />
          <Select
            name="copyFromId"
            label="Variables"
            options={[['', 'None'], ...sources.map(({ id, slug }) => [id, `Those of ${slug}`] as const)]}
          />
          <Field
            name="memoryBytes"
            label="Memory, in MB"
            inputMode="decimal"
            placeholder="Shared"
            autoComplete="off"
            hint="Empty: an equal share of the slice."
            error={problemAt(problem, 'memoryBytes')}
          />
        </div>
        <Button type="submit" kind="primary" icon={Plus} disabled={isBusy} className="mt-4">
          {isBusy ? 'Making' : 'Make environment'}
        </Button>
      </Form>
    </Panel>
  );
}

function sliceOf({ allocation }: Project): string {
  if (!allocation) return 'The project holds no slice of the pool yet.';
  const memory = formatOf('memoryBytes', allocation.limits.memoryBytes);
  return `It runs inside the project's slice of ${memory}: environments without limits of their own share that, so what runs now gets less.`;
}
