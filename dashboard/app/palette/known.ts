import type { OrganizationDeploymentListQuery } from '@apployd/sdk';
import type { Organization, ProjectRow } from '../shell/organization-context.js';

type Asked = NonNullable<OrganizationDeploymentListQuery['organization']>;
export type KnownDeployment = Asked['projects']['nodes'][number]['recentDeployments'][number];

/** What the palette's commands are made from. */
export type Known = {
  readonly organization: Organization;
  /** The newest of each project, once they have come. */
  readonly deployments: ReadonlyMap<string, readonly KnownDeployment[]>;
  /** The project and the deployment whose page is open. */
  readonly project: ProjectRow | null;
  readonly number: number | null;
  readonly query: string;
};
