import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import {
  Form,
  type MetaFunction,
  useActionData,
  useLoaderData,
  useNavigation,
  useSearchParams,
} from '@remix-run/react';
import { Lock } from 'lucide-react';
import { problemAt } from '../../api/problem.js';
import { signedIn } from '../../api/api.server.js';
import { act } from '../../project/act.server.js';
import { Act, Refusal } from '../../project/act.js';
import { loadProject } from '../../project/load.server.js';
import type { Tab } from '../../project/tabs.js';
import { type Project, useProject } from '../../project/use-project.js';
import type { PageHandle } from '../../shell/shell.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { Time } from '../../ui/time.js';
import { VariablesEditor } from '../../variables/editor.js';
import { setVariables } from './set.server.js';

export const handle: PageHandle & { tab: Tab } = {
  tab: 'Variables',
  crumbs: ({ org, project }) => [
    { label: 'Projects', to: `/${org}` },
    { label: project ?? '', to: `/${org}/${project}` },
    { label: 'Variables' },
  ],
};

export const meta: MetaFunction = ({ params }) => [{ title: `Variables · ${params.project} · Apployd` }];

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => ({ loaded: (await loadProject(api, call)).loaded }));

export const action = async (call: ActionFunctionArgs) => {
  const form = await call.request.clone().formData();
  return form.get('intent') === 'deploy' ? act(call) : setVariables(call, form);
};

/** What the app is told when it starts. */
export default function Variables() {
  const project = useProject(useLoaderData<typeof loader>().loaded);
  const answer = useActionData<typeof action>();
  const saved = answer && 'saved' in answer ? answer.saved : null;
  const refused = answer && 'problem' in answer ? answer : undefined;
  const { variables, id } = project.productionEnvironment;
  return (
    <>
      {refused?.intent === 'deploy' && <Refusal refused={refused} />}
      {refused && refused.intent !== 'deploy' && (
        <div className="mt-4">
          <Notice title="Nothing was changed.">{refused.problem.message}</Notice>
        </div>
      )}
      <NotDeployed />
      {saved && (
        <div
          className="mt-4 flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line bg-info-soft px-4 py-3 lg:px-5"
          role="status"
        >
          <p>
            <span className="font-medium">{saved}</span>{' '}
            <span className="text-muted">It takes effect with the next deployment.</span>
          </p>
          {project.repository && (
            <Act intent="deploy" small environmentId={id}>
              Deploy now
            </Act>
          )}
        </div>
      )}
      <Panel className="mt-5 divide-y divide-line">
        <h2 className="sr-only">Variables</h2>
        {variables.length === 0 && (
          <p className="px-4 py-6 text-muted lg:px-5">Variables that the app finds in its environment will be here.</p>
        )}
        {variables.map((variable) => (
          <Row key={variable.key} variable={variable} project={project} />
        ))}
      </Panel>
      <Form key={project.productionEnvironment.variablesVersion} method="post" className="mt-4">
        <Panel className="p-4 lg:p-5">
          <h2 className="font-semibold">Set variables</h2>
          <p className="mt-0.5 mb-4 text-sm text-muted">A key that is there already gets the new value.</p>
          <Target project={project} />
          <VariablesEditor errorOf={(index, field) => problemAt(refused?.problem, `variables.${index}.${field}`)} />
          <Save />
        </Panel>
      </Form>
    </>
  );
}

function Row({
  variable,
  project,
}: {
  readonly variable: Project['productionEnvironment']['variables'][number];
  readonly project: Project;
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 lg:px-5">
      <span className="min-w-0 flex-1 basis-48 truncate font-mono text-xs font-medium">{variable.key}</span>
      <span className="min-w-0 flex-[2] basis-56 truncate font-mono text-xs text-muted">
        {variable.isSecret ? (
          <span className="inline-flex items-center gap-1.5 font-sans text-sm">
            <Lock size={13} aria-hidden /> Secret, not shown again
          </span>
        ) : (
          variable.value
        )}
      </span>
      <span className="text-sm text-subtle">
        <Time at={variable.updatedAt} />
        {variable.updatedBy && `, ${variable.updatedBy.name}`}
      </span>
      <Form method="post">
        <Target project={project} />
        <input type="hidden" name="intent" value="remove" />
        <Button type="submit" kind="quiet" small name="key" value={variable.key}>
          Remove<span className="sr-only"> {variable.key}</span>
        </Button>
      </Form>
    </div>
  );
}

/** A new project comes here when it was made, and what followed was refused. */
function NotDeployed() {
  const message = useSearchParams()[0].get('refused');
  return message ? (
    <div className="mt-4">
      <Notice title="The project was made, and not yet deployed.">{message}</Notice>
    </div>
  ) : null;
}

/** Which environment, and which version of it the visitor has seen. */
const Target = ({ project: { productionEnvironment } }: { readonly project: Project }) => (
  <>
    <input type="hidden" name="environmentId" value={productionEnvironment.id} />
    <input type="hidden" name="version" value={productionEnvironment.variablesVersion} />
  </>
);

function Save() {
  const isBusy = useNavigation().state === 'submitting';
  return (
    <Button type="submit" kind="primary" disabled={isBusy} className="mt-4">
      {isBusy ? 'Saving' : 'Save'}
    </Button>
  );
}
