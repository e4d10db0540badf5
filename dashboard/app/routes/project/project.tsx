import { Outlet, useMatches, useParams } from '@remix-run/react';
import { isAdmin } from '../../people/roles.js';
import { addressIn } from '../../project/address.js';
import { DeletedNotice } from '../../project/deleted-notice.js';
import { pathOf, Tabs, type Tab } from '../../project/tabs.js';
import { FailureInPlace } from '../../shell/failure.js';
import { useOrganization } from '../../shell/organization-context.js';
import { Head } from './head.js';

type Below = { readonly loaded?: { readonly variables: unknown; readonly data: unknown } };

/** What all pages of a project have: its head, what became of it, and the way to the others. */
export default function ProjectPages() {
  const { organization } = useOrganization();
  const params = useParams();
  const row = organization.projects.nodes.find(({ slug }) => slug === params.project);
  const page = useMatches().at(-1);
  const tab = (page?.handle as { tab?: Tab } | undefined)?.tab;
  const loaded = (page?.data as Below | undefined)?.loaded;
  return (
    <>
      {loaded ? (
        <Head loaded={loaded} page={pathOf(tab)} />
      ) : (
        <h1 className="text-xl font-semibold tracking-tight">{row?.name ?? params.project}</h1>
      )}
      {row?.deletesAt && (
        <DeletedNotice
          projectId={row.id}
          deletesAt={row.deletesAt}
          base={`/${params.org}/${params.project}`}
          isRestorable={isAdmin(organization.viewerRole)}
        />
      )}
      <Tabs base={addressIn(params)} here={tab} />
      <Outlet />
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
