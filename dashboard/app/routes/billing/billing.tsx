import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { useOrganization } from '../../shell/organization-context.js';
import { Activity } from './activity.js';
import { actOnBilling } from './act.server.js';
import { Given } from './given.js';
import { Invoices } from './invoices.js';
import { loadBilling } from './load.server.js';
import { Offers } from './offers.js';
import { Overage } from './overage.js';
import { Preview } from './preview.js';
import { Subscription } from './subscription.js';
import { isSubscribed } from './subscription-words.js';
import { Told } from './told.js';
import { WhoGives } from './who-gives.js';

export const handle: PageHandle = { section: 'plan', crumbs: () => [{ label: 'Plan' }] };

export const meta: MetaFunction = ({ params }) => [{ title: `Plan · ${params.org} · Apployd` }];

export const loader = (call: LoaderFunctionArgs) => loadBilling(call);

export const action = (call: ActionFunctionArgs) => actOnBilling(call);

/** What the plan gives, what it costs, and what else there is. */
export default function BillingPage() {
  const { organization } = useOrganization();
  const { plan, plans, billing, invoices, events, hasPaid, ...loaded } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const told = useRef<HTMLDivElement>(null);
  // A form that was sent leaves the page where it was: its answer stands above, out of sight.
  useEffect(() => {
    if (!answer) return;
    told.current?.scrollIntoView({ block: 'start' });
    told.current?.focus({ preventScroll: true });
  }, [answer]);
  const price = answer && 'price' in answer ? answer.price : null;
  const endingKey = (answer && 'endingKey' in answer && answer.endingKey) || loaded.endingKey;
  const previewed = plans.find(({ id }) => id === price?.planId);
  const nameOf = (code: string | null) => [plan, ...plans].find((one) => one.code === code)?.name ?? code ?? 'A plan';
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Plan</h1>
      <p className="mt-0.5 max-w-[66ch] text-muted">
        {organization.name} has the plan {plan.name}. Its pool is divided among the projects.
      </p>
      <div className="mt-5 grid grid-cols-[minmax(0,1fr)] gap-4">
        <div ref={told} tabIndex={-1} className="grid scroll-mt-20 gap-4 outline-none empty:hidden">
          <Told answer={answer} hasPaid={hasPaid} isSubscribed={billing !== null && isSubscribed(billing)} />
          {price && previewed && (
            <Preview key={price.key} price={price} plan={previewed} mostBesides={billing?.overage?.mostCost} />
          )}
        </div>
        <Given plan={plan} />
        {billing?.isConfigured ? (
          <>
            <Subscription billing={billing} organizationId={organization.id} endingKey={endingKey} nameOf={nameOf} />
            <Offers plans={plans} billing={billing} organizationId={organization.id} />
            {billing.overage && isSubscribed(billing) && (
              <Overage
                overage={billing.overage}
                organizationId={organization.id}
                mayDecide={organization.viewerRole === 'OWNER'}
              />
            )}
            <Invoices page={invoices} />
          </>
        ) : (
          <WhoGives maySee={billing !== null} />
        )}
        {events && <Activity key={organization.id} organization={organization} first={events} planName={nameOf} />}
      </div>
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
