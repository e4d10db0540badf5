import type { OrganizationOverviewQuery, OrganizationOverviewQueryVariables } from '@apployd/sdk';
import { OrganizationOverviewDocument } from '@apployd/sdk/documents';
import type { Api, Loaded } from '../../api/api.server.js';

type Overview = Loaded<OrganizationOverviewQuery, OrganizationOverviewQueryVariables>;

/** As many as one request may ask for within the API's limit on cost, and as many requests as one page may wait for. */
const projectsAtOnce = 25;
const mostPages = 20;

/** The organization with its projects, as far as they find room: as if one request had asked for all. */
export async function loadOverview({ ask }: Api, slug: string): Promise<Overview> {
  const variables = { by: { slug }, first: projectsAtOnce };
  let overview = await ask(OrganizationOverviewDocument, variables);
  for (let page = 1; page < mostPages; page += 1) {
    const { organization } = overview.data;
    if (!organization?.projects.pageInfo.hasNextPage) break;
    const after = organization.projects.pageInfo.endCursor;
    const next = await ask(OrganizationOverviewDocument, { ...variables, after });
    overview = { variables, data: joined(overview.data, next.data) };
  }
  return overview;
}

function joined(first: OrganizationOverviewQuery, next: OrganizationOverviewQuery): OrganizationOverviewQuery {
  if (!first.organization || !next.organization) return first;
  const { nodes } = first.organization.projects;
  const { projects } = next.organization;
  return {
    ...first,
    organization: { ...first.organization, projects: { ...projects, nodes: [...nodes, ...projects.nodes] } },
  };
}
