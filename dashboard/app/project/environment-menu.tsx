import { ChevronsUpDown, Layers } from 'lucide-react';
import { ButtonLink } from '../ui/button.js';
import { Menu, type MenuItem } from '../ui/menu.js';
import { addressOf } from './address.js';
import type { Project } from './shown.js';

type Props = {
  readonly project: Pick<Project, 'slug' | 'organization' | 'environments'>;
  /** Whose pages are open. */
  readonly here: string;
  /** Of the page that is open, below the environment: `/logs`. */
  readonly page: string;
};

/** Which environment of the project this is, and the way to the others. */
export function EnvironmentMenu({ project, here, page }: Props) {
  const { organization, slug, environments } = project;
  const all = `/${organization.slug}/${slug}/environments`;
  const items = environments.nodes
    .filter(({ deletesAt }) => !deletesAt)
    .map((one): MenuItem => {
      const live = one.liveDeployment;
      return {
        label: one.slug,
        hint: live ? `${live.number} serves` : 'Nothing serves yet',
        isCurrent: one.slug === here,
        to: addressOf(organization.slug, slug, one.slug) + page,
      };
    });
  return (
    <Menu label="Environments" groups={[{ items }, { items: [{ label: 'All environments', icon: Layers, to: all }] }]}>
      {(trigger) => (
        <ButtonLink to={all} small {...trigger}>
          <span className="sr-only">Environment: </span>
          {here} <ChevronsUpDown size={13} aria-hidden />
        </ButtonLink>
      )}
    </Menu>
  );
}
