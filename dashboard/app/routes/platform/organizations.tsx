import type { OrganizationHealth, Plan } from '@apployd/sdk';
import { Form, useSearchParams } from '@remix-run/react';
import { useState } from 'react';
import { Button, ButtonLink } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Panel } from '../../ui/panel.js';
import { Select } from '../../ui/select.js';
import { Time } from '../../ui/time.js';

type Page = {
  readonly nodes: readonly OrganizationHealth[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
};

/** How every organization is, and which plan it has. Nothing of what is its own. */
export function Organizations({ page, plans }: { readonly page: Page; readonly plans: readonly Plan[] }) {
  const [params] = useSearchParams();
  const search = params.get('search') ?? '';
  const next = new URLSearchParams({ ...(search && { search }), after: page.pageInfo.endCursor ?? '' });
  return (
    <Panel>
      <h2 id="organizations" className="scroll-mt-16 px-4 pt-4 font-semibold lg:px-5">
        Organizations
      </h2>
      <Form className="flex items-end gap-2 px-4 py-3 lg:px-5">
        <Field name="search" label="Name or address" defaultValue={search} className="max-w-72 flex-1" />
        <Button type="submit">Search</Button>
      </Form>
      {page.nodes.length === 0 && <p className="px-4 pb-4 text-muted lg:px-5">None is called so.</p>}
      <ul aria-label="Organizations" className="divide-y divide-line border-t border-line">
        {page.nodes.map((organization) => (
          <OrganizationRow key={organization.organizationId} organization={organization} plans={plans} />
        ))}
      </ul>
      {(page.pageInfo.hasNextPage || params.has('after')) && (
        <div className="flex justify-center gap-2 border-t border-line p-3">
          {params.has('after') && <ButtonLink to="?">First</ButtonLink>}
          {page.pageInfo.hasNextPage && <ButtonLink to={`?${next}`}>More</ButtonLink>}
        </div>
      )}
    </Panel>
  );
}

type RowProps = { readonly organization: OrganizationHealth; readonly plans: readonly Plan[] };

const OrganizationRow = ({ organization, plans }: RowProps) => (
  <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5 lg:px-5">
    <div className="min-w-0 flex-1 basis-64">
      <p className="truncate font-medium">
        {organization.name} <span className="font-mono text-xs font-normal text-muted">{organization.slug}</span>
      </p>
      <p className="text-sm text-muted">
        {countOf(organization.memberCount, 'member')}, {countOf(organization.projectCount, 'project')},{' '}
        {organization.runningCount} of {countOf(organization.environmentCount, 'environment')} running
        {organization.asleepCount > 0 && `, ${organization.asleepCount} asleep`}
        {organization.crashedCount > 0 && <span className="text-bad">, {organization.crashedCount} crashed</span>}
        {organization.failingCount > 0 && (
          <span className="text-bad">, {organization.failingCount} failed to deploy last</span>
        )}
        {organization.lastDeploymentAt && (
          <>
            . Last deployed <Time at={organization.lastDeploymentAt} />
          </>
        )}
      </p>
    </div>
    <PlanForm key={organization.planCode} organization={organization} plans={plans} />
  </li>
);

function PlanForm({ organization: { organizationId, name, planCode }, plans }: RowProps) {
  const own = plans.find(({ code }) => code === planCode);
  const [chosen, choose] = useState(own?.id ?? '');
  return (
    <Form method="post" className="flex items-center gap-2">
      <input type="hidden" name="intent" value="give" />
      <input type="hidden" name="organizationId" value={organizationId} />
      <input type="hidden" name="who" value={name} />
      <Select
        id={`plan-${organizationId}`}
        name="planId"
        label={`Plan of ${name}`}
        isBare
        value={chosen}
        onChange={(event) => choose(event.target.value)}
        options={plans.map(({ id, name: called }) => [id, called] as const)}
      />
      {chosen !== own?.id && (
        <Button type="submit" small>
          Give<span className="sr-only"> {name} this plan</span>
        </Button>
      )}
    </Form>
  );
}

const countOf = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
