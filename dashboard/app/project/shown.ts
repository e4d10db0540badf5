import type { ProjectOverviewQuery } from '@apployd/sdk';

type Asked = NonNullable<ProjectOverviewQuery['project']>;
type Environment = NonNullable<Asked['environment']> & Pick<Asked, 'deployments'>;

/** A project, and the one of its environments that is shown, with its deployments. */
export type Project = Omit<Asked, 'environment' | 'deployments'> & { readonly environment: Environment };
export type DeploymentRow = Environment['deployments']['nodes'][number];

/** Null when there is no such project, or no such environment of it. */
export function shownOf(asked: Asked | null): Project | null {
  if (!asked?.environment) return null;
  const { environment, deployments, ...project } = asked;
  return { ...project, environment: { ...environment, deployments } };
}
