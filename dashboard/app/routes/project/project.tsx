import { Outlet, useMatches, useParams } from '@remix-run/react';
import { ExternalLink, Rocket } from 'lucide-react';
import { stateOf } from '../../deployment/state.js';
import { isAdmin } from '../../people/roles.js';
import { Act } from '../../project/act.js';
import { DeletedNotice } from '../../project/deleted-notice.js';
import { Tabs, type Tab } from '../../project/tabs.js';
import { FailureInPlace } from '../../shell/failure.js';
import { useOrganization } from '../../shell/organization-context.js';
import { ButtonLink } from '../../ui/button.js';
import { Status } from '../../ui/status.js';

/** The head of a project's pages: its name, its state, its address, and the button that deploys. */
export default function ProjectPages() {
  const { organization } = useOrganization();
  const { org, project: slug } = useParams();
  const row = organization.projects.nodes.find((project) => project.slug === slug);
  const isDeleted = row?.state === 'DELETING';
  const tab = (useMatches().at(-1)?.handle as { tab?: Tab } | undefined)?.tab;
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-lg:w-full">
          <div className="flex flex-wrap items-center gap-3">
            <h1 className="text-xl font-semibold tracking-tight">{row?.name ?? slug}</h1>
            {row && <Status state={stateOf(row)} variant="pill" />}
          </div>
          {row && (
            <p className="mt-1.5 truncate text-sm text-muted">
              {row.productionEnvironment.liveDeployment && !isDeleted ? (
                <a
                  href={row.productionEnvironment.url}
                  target="_blank"
                  rel="noreferrer"
                  className="text-accent hover:underline"
                >
                  {row.productionEnvironment.hostname}
                </a>
              ) : (
                `${row.productionEnvironment.hostname} answers ${isDeleted ? 'nobody' : 'once something is live'}`
              )}
            </p>
          )}
        </div>
        {row && !isDeleted && (
          <div className="flex gap-2 max-lg:w-full max-lg:[&>*]:flex-1">
            {row.productionEnvironment.liveDeployment && (
              <ButtonLink to={row.productionEnvironment.url} icon={ExternalLink}>
                Visit
              </ButtonLink>
            )}
            {row.repository && (
              <Act intent="deploy" kind="primary" icon={Rocket} environmentId={row.productionEnvironment.id}>
                Deploy
              </Act>
            )}
          </div>
        )}
      </div>
      {row?.deletesAt && (
        <DeletedNotice
          projectId={row.id}
          deletesAt={row.deletesAt}
          base={`/${org}/${slug}`}
          isRestorable={isAdmin(organization.viewerRole)}
        />
      )}
      <Tabs base={`/${org}/${slug}`} here={tab} />
      <Outlet />
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
