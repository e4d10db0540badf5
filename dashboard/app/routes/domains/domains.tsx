import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData } from '@remix-run/react';
import { EnvironmentDomainListDocument } from '@apployd/sdk/documents';
import { signedIn } from '../../api/api.server.js';
import { act } from '../../project/act.server.js';
import { Refusal } from '../../project/act.js';
import { crumbsTo } from '../../project/crumbs.js';
import { isAct } from '../../project/is-act.js';
import { loadProject } from '../../project/load.server.js';
import type { Tab } from '../../project/tabs.js';
import { useProject } from '../../project/use-project.js';
import { SectionForm } from '../../settings/section-form.js';
import { wrongIn } from '../../settings/answer.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { useOrganization } from '../../shell/organization-context.js';
import { Field } from '../../ui/field.js';
import { Notice } from '../../ui/notice.js';
import { change } from './change.server.js';
import { DomainPanel } from './domain-panel.js';
import { useFreshDomains } from './use-fresh-domains.js';

export const handle: PageHandle & { tab: Tab } = {
  tab: 'Domains',
  crumbs: crumbsTo('Domains'),
};

export const meta: MetaFunction = ({ params }) => [{ title: `Domains · ${params.project} · Apployd` }];

/** A project has no more of them. */
const most = 20;

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => {
    const { loaded, project } = await loadProject(api, call);
    const environmentId = project.environment.id;
    const { data } = await api.ask(EnvironmentDomainListDocument, { environmentId, first: most, after: null });
    return { loaded, domains: data.environment?.domains.nodes ?? [] };
  });

export const action = async (call: ActionFunctionArgs) => {
  const form = await call.request.clone().formData();
  return isAct(form.get('intent')) ? act(call) : change(call, form);
};

/** Names of one's own for the environment: what to set, how far each is, and one more. */
export default function Domains() {
  const { loaded, domains } = useLoaderData<typeof loader>();
  const project = useProject(loaded);
  const answer = useActionData<typeof action>();
  const { viewerRole } = useOrganization().organization;
  const isChangeable = !['BILLING', 'VIEWER'].includes(viewerRole) && !project.environment.deletesAt;
  useFreshDomains(domains);
  const refused = answer && 'problem' in answer ? answer : undefined;
  const changed = answer && !isAct(answer.intent) && 'saved' in answer ? answer : undefined;
  return (
    <>
      {refused && isAct(refused.intent) && <Refusal refused={refused} />}
      {refused && !isAct(refused.intent) && refused.intent !== 'domain-add' && (
        <Notice className="mt-4" title="Nothing was changed." details={refused.problem}>
          {refused.problem.message}
        </Notice>
      )}
      <p role="status" className="sr-only">
        {changed?.intent !== 'domain-add' && changed?.saved}
      </p>
      <p className="mt-5 text-sm text-muted">
        The platform's own name for it is <span className="font-mono text-xs">{project.environment.hostname}</span>. It
        works beside these.
      </p>
      <ul className="mt-4 space-y-4">
        {domains.map((domain) => (
          <li key={domain.id}>
            <DomainPanel domain={domain} isChangeable={isChangeable} />
          </li>
        ))}
      </ul>
      {isChangeable && (
        <div className="mt-4">
          <SectionForm
            id="new-domain"
            title="Add a domain"
            text="A name of yours, such as example.com, www.example.com or *.example.com. Which records to set is shown then."
            intent="domain-add"
            answer={changed ?? (refused && { intent: refused.intent, problem: refused.problem })}
            save="Add"
          >
            <input type="hidden" name="environmentId" value={project.environment.id} />
            <Field
              // A name that was added is in the list now.
              key={domains.length}
              name="name"
              label="Domain"
              required
              placeholder="www.example.com"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              error={wrongIn(refused, 'domain-add')('name')}
            />
          </SectionForm>
        </div>
      )}
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
