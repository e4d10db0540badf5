import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import {
  Form,
  type MetaFunction,
  useActionData,
  useLoaderData,
  useNavigation,
  useSearchParams,
} from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { problemAt } from '../../api/problem.js';
import { act } from '../../project/act.server.js';
import { Act, Refusal } from '../../project/act.js';
import { crumbsTo } from '../../project/crumbs.js';
import { isAct } from '../../project/is-act.js';
import { loadProject } from '../../project/load.server.js';
import { NotAppliedNotice } from '../../project/not-applied-notice.js';
import type { Tab } from '../../project/tabs.js';
import type { Project } from '../../project/shown.js';
import { useProject } from '../../project/use-project.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';
import { VariablesEditor } from '../../variables/editor.js';
import { setVariables } from './set.server.js';
import { Target } from './target.js';
import { useRemoval } from './use-removal.js';
import { VariableRow } from './variable-row.js';

export const handle: PageHandle & { tab: Tab } = {
  tab: 'Variables',
  crumbs: crumbsTo('Variables'),
};

export const meta: MetaFunction = ({ params }) => [{ title: `Variables · ${params.project} · Apployd` }];

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => ({ loaded: (await loadProject(api, call)).loaded }));

export const action = async (call: ActionFunctionArgs) => {
  const form = await call.request.clone().formData();
  return isAct(form.get('intent')) ? act(call) : setVariables(call, form);
};

/** What the app is told when it starts. */
export default function Variables() {
  const project = useProject(useLoaderData<typeof loader>().loaded);
  const answer = useActionData<typeof action>();
  const saved = answer && 'saved' in answer ? answer : null;
  const refused = answer && 'problem' in answer ? answer : undefined;
  const { variables, variablesVersion } = project.environment;
  const noteRemoval = useRemoval(project, saved);
  return (
    <>
      {refused && isAct(refused.intent) ? (
        <Refusal refused={refused} />
      ) : (
        refused && (
          <Notice className="mt-4" title="Nothing was changed." details={refused.problem}>
            {refused.problem.message}
          </Notice>
        )
      )}
      <NotDeployed />
      {saved ? <SavedNotice project={project} {...saved} /> : <NotAppliedNotice project={project} className="mt-4" />}
      <Panel className="mt-5 divide-y divide-line">
        <h2 className="sr-only">Variables</h2>
        {variables.length === 0 && (
          <p className="px-4 py-6 text-muted lg:px-5">Variables that the app finds in its environment will be here.</p>
        )}
        {variables.map((variable) => (
          <VariableRow key={variable.key} variable={variable} project={project} onRemove={noteRemoval} />
        ))}
      </Panel>
      <Form ref={useFocusWrong(refused?.problem)} key={variablesVersion} method="post" className="mt-4">
        <Panel className="p-4 lg:p-5">
          <h2 className="font-semibold">Set variables</h2>
          <p className="mt-0.5 mb-4 text-sm text-muted">A key that is there already gets the new value.</p>
          <Target project={project} />
          <VariablesEditor
            known={variables}
            errorOf={(index, field) => problemAt(refused?.problem, `variables.${index}.${field}`)}
          />
          <Save />
        </Panel>
      </Form>
    </>
  );
}

const mostNamed = 3;

type SavedProps = { readonly project: Project; readonly saved: readonly string[]; readonly isRemoval: boolean };

function SavedNotice({ project, saved, isRemoval }: SavedProps) {
  const names = `${saved.slice(0, mostNamed).join(', ')}${saved.length > mostNamed ? ` and ${saved.length - mostNamed} more` : ''}`;
  return (
    <Notice
      tone="info"
      className="mt-4"
      title={`${names} ${isRemoval ? 'removed' : 'saved'}.`}
      action={
        project.repository && (
          <Act intent="deploy" small environmentId={project.environment.id}>
            Deploy now
          </Act>
        )
      }
    >
      It takes effect with the next deployment.
    </Notice>
  );
}

/** A new project comes here when it was made, and what followed was refused. */
function NotDeployed() {
  const message = useSearchParams()[0].get('refused');
  return message ? (
    <Notice className="mt-4" title="The project was made, and not yet deployed.">
      {message}
    </Notice>
  ) : null;
}

function Save() {
  const isBusy = useNavigation().state === 'submitting';
  return (
    <Button type="submit" kind="primary" disabled={isBusy} className="mt-4">
      {isBusy ? 'Saving' : 'Save'}
    </Button>
  );
}

export const ErrorBoundary = FailureInPlace;
