import type { ProjectOverviewQuery } from '@apployd/sdk';
import { ProjectOverviewDocument } from '@apployd/sdk/documents';
import { useDeploymentsLive } from '../apollo/use-deployments-live.js';
import { useLoaded } from '../apollo/use-loaded.js';

export type Project = NonNullable<ProjectOverviewQuery['project']>;
export type DeploymentRow = Project['deployments']['nodes'][number];

/** The project that a loader has brought, with its deployments alive. */
export function useProject(loaded: { readonly variables: unknown; readonly data: unknown }): Project {
  const { project } = useLoaded(ProjectOverviewDocument, loaded);
  if (!project) throw new Error('The loader has let nobody through without a project.');
  useDeploymentsLive(project.deployments.nodes);
  return project;
}
