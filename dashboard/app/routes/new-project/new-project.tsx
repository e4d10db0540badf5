import type { ActionFunctionArgs } from '@remix-run/node';
import { Form, type MetaFunction, useActionData, useNavigation } from '@remix-run/react';
import { Rocket } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { problemAt } from '../../api/problem.js';
import { PoolStrip } from '../../pool/pool-strip.js';
import { formatOf, resourceNames } from '../../pool/resources.js';
import { SliceField } from '../../pool/slice-field.js';
import { basinsOf, useOrganization } from '../../shell/organization-context.js';
import type { PageHandle } from '../../shell/shell.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { VariablesEditor } from '../../variables/editor.js';
import { createAndDeploy } from './create.server.js';
import { firstSlice } from './first-slice.js';

export const handle: PageHandle = {
  section: 'new',
  crumbs: ({ org }) => [{ label: 'Projects', to: `/${org}` }, { label: 'New project' }],
};

export const meta: MetaFunction = () => [{ title: 'New project · Apployd' }];

export const action = (call: ActionFunctionArgs) => createAndDeploy(call);

/** From a repository to its first deployment, on one page. */
export default function NewProject() {
  const refused = useActionData<typeof action>();
  const { organization } = useOrganization();
  const { problem, typed = {} } = refused ?? {};
  const isBusy = useNavigation().state !== 'idle';
  const [url, setUrl] = useState(typed.repositoryUrl ?? '');
  const [name, setName] = useState<string | null>(typed.name ?? null);
  const slice = firstSlice(organization.pool);
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">New project</h1>
      <p className="mt-0.5 text-muted">Apployd fetches the repository, builds it, starts it and gives it an address.</p>
      {problem && (
        <div className="mt-4">
          <Notice title="No project was made.">{problem.message}</Notice>
        </div>
      )}
      <Form method="post" className="mt-5 grid gap-4">
        <input type="hidden" name="organizationId" value={organization.id} />
        <Block title="Source" number={1}>
          <div className="grid gap-4 lg:grid-cols-2">
            <Field
              className="lg:col-span-2"
              name="repositoryUrl"
              label="Repository"
              placeholder="https://github.com/you/shop"
              required
              value={url}
              onChange={(event) => setUrl(event.target.value)}
              autoComplete="off"
              spellCheck={false}
              hint="An https or ssh clone address without a password."
              error={problemAt(problem, 'repositoryUrl')}
            />
            <Field
              name="branch"
              label="Branch"
              placeholder="What the repository says"
              defaultValue={typed.branch}
              autoComplete="off"
              error={problemAt(problem, 'defaultBranch', 'source.git.ref')}
            />
            <Field
              name="rootDirectory"
              label="Folder"
              placeholder="The root of the repository"
              defaultValue={typed.rootDirectory}
              autoComplete="off"
              error={problemAt(problem, 'settings.rootDirectory')}
            />
            <Field
              name="name"
              label="Name"
              required
              value={name ?? nameFrom(url)}
              onChange={(event) => setName(event.target.value)}
              autoComplete="off"
              hint="It becomes part of the address."
              error={problemAt(problem, 'name', 'slug')}
            />
            <Field
              name="port"
              label="Port"
              inputMode="numeric"
              placeholder="3000"
              defaultValue={typed.port}
              autoComplete="off"
              hint="Where the app listens; it is told through PORT."
              error={problemAt(problem, 'settings.port')}
            />
          </div>
        </Block>
        <Block
          title="Slice of the pool"
          number={2}
          aside={`${formatOf('memoryBytes', organization.pool.available.memoryBytes)} of memory free`}
        >
          <PoolStrip
            height={28}
            total={organization.pool.total.memoryBytes}
            format={(amount) => formatOf('memoryBytes', amount)}
            basins={basinsOf(organization, 'memoryBytes')}
          />
          <div className="mt-5 grid gap-4">
            {resourceNames.map((resource) => (
              <SliceField
                key={resource}
                name={resource}
                first={typed[resource] ?? slice[resource]}
                total={organization.pool.total[resource]}
                free={organization.pool.available[resource]}
                most={organization.pool.largestSlice[resource]}
                error={problemAt(problem, `resources.${resource}`)}
              />
            ))}
          </div>
        </Block>
        <Block title="Variables" number={3} aside="Optional">
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

type BlockProps = {
  readonly title: string;
  readonly number: number;
  readonly aside?: string;
  readonly children: ReactNode;
};

const Block = ({ title, number, aside, children }: BlockProps) => (
  <Panel className="p-4 lg:p-5">
    <div className="mb-4 flex items-baseline justify-between gap-4">
      <h2 className="flex items-baseline gap-2.5 font-semibold">
        <span className="num text-subtle" aria-hidden>
          {number}
        </span>
        {title}
      </h2>
      {aside && <span className="num text-sm text-subtle">{aside}</span>}
    </div>
    {children}
  </Panel>
);

/** The repository's own name, until somebody types another. */
const nameFrom = (url: string): string =>
  url
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split(/[/:]/)
    .at(-1) ?? '';
