import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useActionData, useLoaderData } from '@remix-run/react';
import { ChevronLeft } from 'lucide-react';
import { SettingsFrame } from '../../settings/frame.js';
import { Failure } from '../../shell/failure.js';
import { NotChanged } from '../../people/refusal.js';
import { Mark } from '../../ui/mark.js';
import { Notice } from '../../ui/notice.js';
import { actOnPlatform } from './act.server.js';
import { loadPlatform } from './load.server.js';
import { Log } from './log.js';
import { Operators } from './operators.js';
import { Organizations } from './organizations.js';
import { PlanSection } from './plans.js';
import { Servers } from './servers.js';

export const meta: MetaFunction = () => [{ title: 'Platform · Apployd' }];

export const loader = (call: LoaderFunctionArgs) => loadPlatform(call);

export const action = (call: ActionFunctionArgs) => actOnPlatform(call);

/** For operators: how every organization is, what plans give, how full the servers are, and who runs the platform. */
export default function Platform() {
  const { organizations, plans, operators, servers, log } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  // A plan's form tells it by itself.
  const told = answer?.intent.startsWith('plan ') ? undefined : answer;
  const groups = [
    { title: 'Customers', entries: [{ label: 'Organizations', to: '#organizations' }] },
    { title: 'Plans', entries: plans.map(({ code, name }) => ({ label: name, to: `#plan-${code}` })) },
    {
      title: 'Platform',
      entries: [
        { label: 'Servers', to: '#servers' },
        { label: 'Operators', to: '#operators' },
        { label: 'Log', to: '#log' },
      ],
    },
  ];
  return (
    <main className="mx-auto max-w-[960px] px-4 pt-4 pb-20">
      <Link to="/" className="inline-flex min-h-11 items-center gap-2.5 font-semibold tracking-tight">
        <ChevronLeft size={16} className="-ml-1 text-muted" aria-hidden />
        <Mark /> Apployd
      </Link>
      <h1 className="mt-4 text-xl font-semibold tracking-tight">Platform</h1>
      <p className="mt-0.5 max-w-[66ch] text-muted">
        How every organization and server is, and what each may have. What is theirs stays theirs: no variables, logs or
        sources here.
      </p>
      <NotChanged problem={told && 'problem' in told ? told.problem : null} />
      {told && 'saved' in told && <Notice tone="info" className="mt-4" title={told.saved} />}
      <SettingsFrame groups={groups}>
        <Organizations page={organizations} plans={plans} />
        {plans.map((plan) => (
          <PlanSection key={`${plan.id} ${plan.version}`} plan={plan} answer={answer} />
        ))}
        <Servers servers={servers} />
        <Operators key={operators.length} operators={operators} answer={answer} />
        <Log page={log} />
      </SettingsFrame>
    </main>
  );
}

export const ErrorBoundary = () => <Failure page />;
