import type { ActionFunctionArgs } from '@remix-run/node';
import { Form, type MetaFunction, useActionData, useNavigation } from '@remix-run/react';
import { Rocket } from 'lucide-react';
import { problemAt } from '../../api/problem.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { useOrganization } from '../../shell/organization-context.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';
import { VariablesEditor } from '../../variables/editor.js';
import { Block } from './block.js';
import { createAndDeploy } from './create.server.js';
import { SliceBlock } from './slice-block.js';
import { SourceBlock } from './source-block.js';

export const handle: PageHandle = {
  section: 'new',
  crumbs: ({ org }) => [{ label: 'Projects', to: `/${org}` }, { label: 'New project' }],
};

export const meta: MetaFunction = () => [{ title: 'New project · Apployd' }];

export const action = (call: ActionFunctionArgs) => createAndDeploy(call);

/** From a repository to its first deployment, on one page. */
export default function NewProject() {
  const { problem, typed = {} } = useActionData<typeof action>() ?? {};
  const { organization } = useOrganization();
  const isBusy = useNavigation().state !== 'idle';
  const wrongVariables = Object.keys(problem?.fields ?? {}).some((path) => path.startsWith('variables'));
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">New project</h1>
      <p className="mt-0.5 text-muted">Apployd fetches the repository, builds it, starts it and gives it an address.</p>
      {problem && (
        <Notice className="mt-4" title="No project was made." details={problem}>
          {problem.message}
        </Notice>
      )}
      <Form ref={useFocusWrong(problem)} method="post" className="mt-5 grid grid-cols-[minmax(0,1fr)] gap-4">
        <input type="hidden" name="organizationId" value={organization.id} />
        <SourceBlock problem={problem} typed={typed} />
        <SliceBlock problem={problem} typed={typed} />
        <Block title="Variables" number={3} summary="Optional: typed, or a pasted .env file" isWrong={wrongVariables}>
          <VariablesEditor errorOf={(index, field) => problemAt(problem, `variables.${index}.${field}`)} />
        </Block>
        <div className="flex flex-wrap items-center gap-4">
          <Button type="submit" kind="primary" icon={Rocket} disabled={isBusy} className="h-9 px-4 max-sm:w-full">
            {isBusy ? 'Deploying' : 'Deploy'}
          </Button>
          <p className="text-sm text-muted">The project is made, and its first deployment starts at once.</p>
        </div>
      </Form>
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
