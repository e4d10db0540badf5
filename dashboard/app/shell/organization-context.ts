import type { OrganizationOverviewQuery } from '@apployd/sdk';
import { createContext, useContext } from 'react';
import type { Basin } from '../pool/pool-strip.js';
import { heldOf, type ResourceName } from '../pool/resources.js';

type Asked = NonNullable<OrganizationOverviewQuery['organization']>;
type AskedRow = Asked['projects']['nodes'][number];

export type ProjectRow = AskedRow & { readonly productionEnvironment: NonNullable<AskedRow['productionEnvironment']> };
export type Organization = Omit<Asked, 'projects'> & {
  readonly projects: Omit<Asked['projects'], 'nodes'> & { readonly nodes: readonly ProjectRow[] };
};

/** Who has signed in sees the production of each project; it is some tokens that do not. */
export function organizationOf({ projects, ...organization }: Asked): Organization {
  const hasProduction = (row: AskedRow): row is ProjectRow => row.productionEnvironment !== null;
  return { ...organization, projects: { ...projects, nodes: projects.nodes.filter(hasProduction) } };
}

type Viewer = NonNullable<OrganizationOverviewQuery['viewer']>;

type Known = {
  readonly organization: Organization;
  /** All of the person's. */
  readonly organizations: Viewer['organizations']['nodes'];
  readonly person: Viewer['user'];
  /** They run the platform. */
  readonly isOperator: boolean;
};

export const OrganizationContext = createContext<Known | null>(null);

/** The organization whose pages these are. */
export function useOrganization(): Known {
  const value = useContext(OrganizationContext);
  if (!value) throw new Error('Only pages of an organization know one.');
  return value;
}

const categories = 8;

/** A project's colour, by its place among the projects, oldest first: it keeps it for life. */
export const catOf = (organization: Organization, projectId: string): number =>
  (Math.max(
    0,
    organization.projects.nodes.findIndex(({ id }) => id === projectId),
  ) %
    categories) +
  1;

export function basinsOf(organization: Organization, resource: ResourceName): readonly Basin[] {
  return organization.pool.allocations.map(({ project, limits }) => {
    const environment = organization.projects.nodes.find(({ id }) => id === project.id)?.productionEnvironment;
    const held = heldBy(organization, project.id, resource);
    return {
      id: project.id,
      name: project.slug,
      cat: catOf(organization, project.id),
      size: limits[resource],
      held,
      holding: heldOf(resource, held),
      isAsleep: environment?.observedState.endsWith('SLEEP') ?? false,
    };
  });
}

/** Of memory and CPU what runs; of bandwidth what visitors were sent this month. */
function heldBy({ projects, usage }: Organization, projectId: string, resource: ResourceName): number {
  if (resource === 'bandwidthBytesPerMonth')
    return usage.projects.find((each) => each.projectId === projectId)?.bytesOut ?? 0;
  const environment = projects.nodes.find(({ id }) => id === projectId)?.productionEnvironment;
  return environment?.observedState === 'RUNNING' ? environment.limits[resource] : 0;
}
