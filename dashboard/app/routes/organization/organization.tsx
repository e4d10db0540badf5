import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { Outlet, type ShouldRevalidateFunction, useLoaderData } from '@remix-run/react';
import { OrganizationOverviewDocument } from '@apployd/sdk/documents';
import { useEffect, useMemo } from 'react';
import { loginFor, notFound, signedIn } from '../../api/api.server.js';
import { useDeploymentsLive } from '../../apollo/use-deployments-live.js';
import { useProjectsLive } from '../../apollo/use-projects-live.js';
import { useLoaded } from '../../apollo/use-loaded.js';
import { BandwidthNotice } from '../../shell/bandwidth-notice.js';
import { Failure } from '../../shell/failure.js';
import { OrganizationContext, organizationOf } from '../../shell/organization-context.js';
import { PaymentNotice } from '../../shell/payment-notice.js';
import { Shell } from '../../shell/shell.js';
import { isOld } from './is-old.js';
import { loadOverview } from './load.server.js';

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => {
    const overview = await loadOverview(api, call.params.org ?? '');
    if (!overview.data.viewer) throw redirect(loginFor(call.request));
    if (!overview.data.organization) throw notFound();
    return { overview };
  });

let loadedAt = 0;

/** Asked also for links that somebody only points at: it changes nothing. */
export const shouldRevalidate: ShouldRevalidateFunction = (visit) =>
  visit.defaultShouldRevalidate && isOld(visit, Date.now() - loadedAt);

/** Around every page of an organization: where one is, the projects and their live state, the pool. */
export default function OrganizationPages() {
  const { overview } = useLoaderData<typeof loader>();
  useEffect(() => {
    loadedAt = Date.now();
  }, [overview]);
  const { viewer, organization: asked } = useLoaded(OrganizationOverviewDocument, overview);
  if (!viewer || !asked) throw new Error('The loader has let nobody through without them.');
  const value = useMemo(
    () => ({
      organization: organizationOf(asked),
      organizations: viewer.organizations.nodes,
      person: viewer.user,
      isOperator: viewer.isOperator,
    }),
    [asked, viewer],
  );
  useProjectsLive(asked.id, asked.projects.nodes);
  useDeploymentsLive(asked.projects.nodes.flatMap(({ recentDeployments }) => recentDeployments));
  return (
    <OrganizationContext.Provider value={value}>
      <Shell>
        <PaymentNotice />
        <BandwidthNotice />
        <Outlet />
      </Shell>
    </OrganizationContext.Provider>
  );
}

export const ErrorBoundary = () => <Failure page />;
