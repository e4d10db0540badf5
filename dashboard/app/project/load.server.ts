import type { LoaderFunctionArgs } from '@remix-run/node';
import { ProjectOverviewDocument } from '@apployd/sdk/documents';
import { type Api, notFound, type Loaded } from '../api/api.server.js';
import type { ProjectOverviewQuery, ProjectOverviewQueryVariables } from '@apployd/sdk';
import { production } from './address.js';
import { type Project, shownOf } from './shown.js';

export type LoadedProject = Loaded<ProjectOverviewQuery, ProjectOverviewQueryVariables>;

/** So many deployments on a page, within the API's limit on cost. */
export const pageSize = 20;

/** The project and the environment of this address, with the newest deployments of that. */
export async function loadProject(
  { ask }: Api,
  { params }: Pick<LoaderFunctionArgs, 'params'>,
  after?: string,
): Promise<{ readonly loaded: LoadedProject; readonly project: Project }> {
  const by = { path: `${params.org}/${params.project}` };
  const environment = params.environment ?? production;
  const loaded = await ask(ProjectOverviewDocument, { by, environment, first: pageSize, after: after ?? null });
  const project = shownOf(loaded.data.project);
  if (!project) throw notFound();
  return { loaded, project };
}
