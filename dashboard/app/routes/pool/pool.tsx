import type { ActionFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData } from '@remix-run/react';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { formatOf } from '../../pool/resources.js';
import { useDivision } from '../../pool/use-division.js';
import { useResource } from '../../pool/use-resource.js';
import { basinsOf, useOrganization } from '../../shell/organization-context.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { ButtonLink } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import type { Problem } from '../../api/problem.js';
import { applyDivision } from './apply.server.js';
import { Cards } from './cards.js';
import { DividedStrip } from './divided-strip.js';
import { SaveBar } from './save-bar.js';
import { SliceRow } from './slice-row.js';
import { useApplied } from './use-applied.js';

export const handle: PageHandle = { section: 'pool', crumbs: () => [{ label: 'Pool' }] };

export const meta: MetaFunction = ({ params }) => [{ title: `Pool · ${params.org} · Apployd` }];

export const action = (call: ActionFunctionArgs) => applyDivision(call);

/** Who holds how much of the pool, and the moving of it. */
export default function Pool() {
  const { organization } = useOrganization();
  const answer = useActionData<typeof action>();
  const division = useDivision(organization);
  const [resource, setResource] = useResource();
  const [active, setActive] = useState<string | null>(null);
  const { pool } = organization;
  const { discard } = division;
  const { onSend, others } = useApplied(organization, answer, discard);
  const basins = basinsOf(organization, resource).map((basin) => ({
    ...basin,
    size: division.slices[basin.id]?.[resource] ?? basin.size,
  }));

  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Pool</h1>
      <p className="mt-0.5 max-w-[66ch] text-muted">
        {organization.name} has {formatOf('memoryBytes', pool.total.memoryBytes)} of memory,{' '}
        {formatOf('cpuMillicores', pool.total.cpuMillicores)} and{' '}
        {formatOf('bandwidthBytesPerMonth', pool.total.bandwidthBytesPerMonth)} of bandwidth a month. Give each project
        a slice, at most half of the pool, and move it whenever the load moves.
      </p>
      {answer && 'problem' in answer && <NotApplied problem={answer.problem} others={others} />}
      <Cards pool={pool} free={division.free} resource={resource} onResource={setResource} />
      <Panel className="mt-4">
        <div id="resource-panel" role="tabpanel" aria-labelledby={`tab-${resource}`}>
          <DividedStrip
            basins={basins}
            total={pool.total[resource]}
            resource={resource}
            active={active}
            onActive={setActive}
            trade={division.trade}
          />
          {basins.length === 0 && (
            <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-5 lg:px-5">
              <p className="text-muted">Nobody holds a slice yet. A new project gets its own.</p>
              <ButtonLink to={`/${organization.slug}/new`} icon={Plus}>
                New project
              </ButtonLink>
            </div>
          )}
          <ul className="divide-y divide-line border-t border-line">
            {basins.map((basin) => (
              <SliceRow
                key={basin.id}
                basin={basin}
                was={division.saved[basin.id]?.[resource] ?? 0}
                resource={resource}
                most={pool.largestSlice[resource]}
                isActive={active === basin.id}
                onActive={setActive}
                onSize={(amount) => division.set(basin.id, resource, amount)}
              />
            ))}
          </ul>
        </div>
      </Panel>
      {division.changes.length > 0 && (
        <SaveBar
          organizationId={organization.id}
          version={pool.version}
          slices={division.slices}
          changes={division.changes}
          onDiscard={discard}
          onSend={onSend}
        />
      )}
    </>
  );
}

type NotAppliedProps = { readonly problem: Problem; readonly others: readonly string[] };

/** Somebody else was quicker: what they did is shown, and what was edited here is kept. */
const NotApplied = ({ problem, others }: NotAppliedProps) =>
  others.length > 0 ? (
    <Notice className="mt-4" tone="warn" title={others.join(' ')} details={problem}>
      Your own changes are still here: look at them once more, and apply them again.
    </Notice>
  ) : (
    <Notice className="mt-4" title="The pool is divided as before." details={problem}>
      {problem.message}
    </Notice>
  );

export const ErrorBoundary = FailureInPlace;
