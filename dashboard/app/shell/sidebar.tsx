import { Link, useParams } from '@remix-run/react';
import { stateOf } from '../deployment/state.js';
import { PaletteBox } from '../palette/palette-button.js';
import { PoolStrip } from '../pool/pool-strip.js';
import { formatOf } from '../pool/resources.js';
import { cx } from '../ui/cx.js';
import { Status } from '../ui/status.js';
import { AccountMenu } from './account-menu.js';
import { useHere } from './here.js';
import { basinsOf, useOrganization } from './organization-context.js';
import { OrganizationMenu } from './organization-menu.js';
import { sections } from './sections.js';
import { ThemeButton } from './theme-button.js';

export const Sidebar = () => (
  <aside className="sticky top-0 hidden h-dvh flex-col overflow-y-auto border-r border-line px-3 py-3 lg:flex">
    <OrganizationMenu className="w-full" />
    <PaletteBox />
    <Sections />
    <Projects />
    <MemoryPool />
    <div className="mt-3 flex items-center gap-1 px-1">
      <AccountMenu />
      <ThemeButton />
    </div>
  </aside>
);

function Sections() {
  const { organization } = useOrganization();
  const { section } = useHere();
  const { project } = useParams();
  return (
    <nav aria-label="Organization" className="mt-4 flex flex-col gap-px">
      {sections.map((entry) => {
        const isHere = section === entry.section && !project;
        return (
          <Link
            key={entry.section}
            to={`/${organization.slug}${entry.path}`}
            prefetch="intent"
            aria-current={isHere ? 'page' : undefined}
            className={cx(
              'flex h-8 shrink-0 items-center gap-2.5 rounded-md px-2 text-sm font-medium',
              isHere ? 'bg-hover text-fg' : 'text-muted hover:bg-hover hover:text-fg',
            )}
          >
            <entry.icon size={15} strokeWidth={1.9} aria-hidden />
            {entry.label}
          </Link>
        );
      })}
    </nav>
  );
}

const mostPinned = 9;

function Projects() {
  const { slug, projects } = useOrganization().organization;
  const { project } = useParams();
  if (projects.nodes.length === 0) return null;
  return (
    <>
      <div className="mt-6 px-2 text-xs font-medium text-subtle">Your projects</div>
      <nav aria-label="Your projects" className="mt-1 mb-4 flex flex-col gap-px">
        {projects.nodes.slice(0, mostPinned).map((each) => (
          <Link
            key={each.id}
            to={`/${slug}/${each.slug}`}
            prefetch="intent"
            className={cx(
              'flex h-8 shrink-0 items-center gap-2 rounded-md px-2 text-sm hover:bg-hover',
              project === each.slug ? 'bg-hover font-medium text-fg' : 'text-muted',
            )}
          >
            <span className="flex-1 truncate">{each.slug}</span>
            <Status state={stateOf(each)} variant="icon" />
          </Link>
        ))}
      </nav>
    </>
  );
}

function MemoryPool() {
  const { organization } = useOrganization();
  const { slug, pool } = organization;
  return (
    <Link
      to={`/${slug}/pool`}
      className="mt-auto rounded-lg border border-line bg-surface p-3 shadow-1 hover:border-line-strong"
    >
      <span className="mb-2 flex justify-between text-xs">
        <span className="font-medium">Memory pool</span>
        <span className="num text-muted">
          {formatOf('memoryBytes', pool.allocated.memoryBytes)} of {formatOf('memoryBytes', pool.total.memoryBytes)}
        </span>
      </span>
      <PoolStrip
        height={10}
        total={pool.total.memoryBytes}
        format={(amount) => formatOf('memoryBytes', amount)}
        basins={basinsOf(organization, 'memoryBytes').map((basin) => ({ ...basin, held: basin.size }))}
      />
    </Link>
  );
}
