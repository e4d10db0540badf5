import type { OrganizationOverviewQuery } from '@apployd/sdk';
import { createContext, useContext } from 'react';
import type { Basin } from '../pool/pool-strip.js';
import type { ResourceName } from '../pool/resources.js';
import { waterOf } from '../pool/water.js';

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
  const { pool, projects, usage } = organization;
  return pool.allocations.map(({ project: { id, slug }, limits }) => {
    const row = projects.nodes.find((each) => each.id === id);
    const sent = usage.projects.find(({ projectId }) => projectId === id)?.bytesOut ?? 0;
    return {
      ...{ id, name: slug, cat: catOf(organization, id), size: limits[resource] },
      ...waterOf(resource, row, sent),
    };
  });
}
