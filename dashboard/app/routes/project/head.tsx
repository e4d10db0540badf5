import { ProjectOverviewDocument } from '@apployd/sdk/documents';
import { useParams } from '@remix-run/react';
import { ExternalLink, Rocket } from 'lucide-react';
import { useLoaded } from '../../apollo/use-loaded.js';
import { stateOfEnvironment } from '../../deployment/state.js';
import { isAdmin } from '../../people/roles.js';
import { Act } from '../../project/act.js';
import { production } from '../../project/address.js';
import { BandwidthLimitNotice } from '../../project/bandwidth-limit-notice.js';
import { DeletedEnvironmentNotice } from '../../project/deleted-environment-notice.js';
import { EndsRollout } from '../../project/ends-rollout.js';
import { EnvironmentMenu } from '../../project/environment-menu.js';
import { shownOf } from '../../project/shown.js';
import { useOrganization } from '../../shell/organization-context.js';
import { ButtonLink } from '../../ui/button.js';
import { Status } from '../../ui/status.js';

type Props = {
  /** What the page below has loaded. */
  readonly loaded: { readonly variables: unknown; readonly data: unknown };
  /** Of the page that is open, below the environment: `/logs`. */
  readonly page: string;
};

/** The name of the project and its environment, how that does, its address, and the button that deploys there. */
export function Head({ loaded, page }: Props) {
  const project = shownOf(useLoaded(ProjectOverviewDocument, loaded).project);
  const { viewerRole } = useOrganization().organization;
  const slug = useParams().environment ?? production;
  if (!project) return null;
  const { environment } = project;
  const isGoing = project.state === 'DELETING' || environment.deletesAt !== null;
  const state = isGoing ? 'DELETING' : stateOfEnvironment(environment, environment.deployments.nodes[0]?.status);
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-lg:w-full">
          <div className="flex flex-wrap items-center gap-3">
            <h1 className="text-xl font-semibold tracking-tight">{project.name}</h1>
            <Status state={state} variant="pill" />
            {project.state !== 'DELETING' && <EnvironmentMenu project={project} here={slug} page={page} />}
          </div>
          <p className="mt-1.5 truncate text-sm text-muted">
            {environment.liveDeployment && !isGoing ? (
              <a href={environment.url} target="_blank" rel="noreferrer" className="text-accent hover:underline">
                {environment.hostname}
              </a>
            ) : (
              `${environment.hostname} answers ${isGoing ? 'nobody' : 'once something is live'}`
            )}
          </p>
        </div>
        {!isGoing && (
          <div className="max-lg:w-full">
            <div className="flex gap-2 max-lg:[&>*]:flex-1 lg:justify-end">
              {environment.liveDeployment && (
                <ButtonLink to={environment.url} icon={ExternalLink}>
                  Visit
                </ButtonLink>
              )}
              {project.repository && (
                <Act intent="deploy" kind="primary" icon={Rocket} environmentId={environment.id}>
                  Deploy
                </Act>
              )}
            </div>
            <EndsRollout project={project} />
          </div>
        )}
      </div>
      {project.bandwidthLimit && !isGoing && <BandwidthLimitNotice limit={project.bandwidthLimit} />}
      {environment.deletesAt && (
        <DeletedEnvironmentNotice
          environment={environment}
          deletesAt={environment.deletesAt}
          isRestorable={isAdmin(viewerRole) && project.state !== 'DELETING'}
        />
      )}
    </>
  );
}
