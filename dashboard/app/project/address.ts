/** The slug of the environment that every project has: its pages are the project's own. */
export const production = 'production';

/** The address of the pages of an environment. */
export const addressOf = (organization: string, project: string, environment: string): string =>
  `/${organization}/${project}${environment === production ? '' : `/environments/${environment}`}`;

type Params = Readonly<Record<string, string | undefined>>;

/** The same, of the page that is open. */
export const addressIn = ({ org = '', project = '', environment = production }: Params): string =>
  addressOf(org, project, environment);

type Shown = {
  readonly slug: string;
  readonly organization: { readonly slug: string };
  readonly environment: { readonly slug: string };
};

/** The same, of the environment that is shown of a project. */
export const addressOfShown = ({ organization, slug, environment }: Shown): string =>
  addressOf(organization.slug, slug, environment.slug);
