import type { LoaderFunctionArgs } from '@remix-run/node';
import { ProjectOverviewDocument } from '@apployd/sdk/documents';
import { type Api, notFound, type Loaded } from '../api/api.server.js';
import type { ProjectOverviewQuery, ProjectOverviewQueryVariables } from '@apployd/sdk';

export type LoadedProject = Loaded<ProjectOverviewQuery, ProjectOverviewQueryVariables>;
type ShownProject = NonNullable<ProjectOverviewQuery['project']>;

/** So many deployments on a page, within the API's limit on cost. */
export const pageSize = 20;

/** The project of this address with its newest deployments. */
export async function loadProject(
  { ask }: Api,
  { params }: Pick<LoaderFunctionArgs, 'params'>,
  after?: string,
): Promise<{ readonly loaded: LoadedProject; readonly project: ShownProject }> {
  const by = { path: `${params.org}/${params.project}` };
  const loaded = await ask(ProjectOverviewDocument, { by, first: pageSize, after: after ?? null });
  const { project } = loaded.data;
  if (!project) throw notFound();
  return { loaded, project };
}
