import type { ProjectOverviewQuery } from '@apployd/sdk';
import { ProjectOverviewDocument } from '@apployd/sdk/documents';
import { useDeploymentsLive } from '../apollo/use-deployments-live.js';
import { useLoaded } from '../apollo/use-loaded.js';
import { type Project, shownOf } from './shown.js';

/** The project that a loader has brought, with the deployments of its environment alive. */
export function useProject(loaded: { readonly variables: unknown; readonly data: unknown }): Project {
  const { project }: ProjectOverviewQuery = useLoaded(ProjectOverviewDocument, loaded);
  const shown = shownOf(project);
  if (!shown) throw new Error('The loader has let nobody through without a project.');
  useDeploymentsLive(shown.environment.deployments.nodes);
  return shown;
}
