import {
  Box,
  Building2,
  CreditCard,
  Droplets,
  Globe,
  History,
  KeyRound,
  LayoutGrid,
  List,
  Plus,
  Rocket,
  ScrollText,
  Settings,
  Users,
} from 'lucide-react';
import { titleOf } from '../deployment/state.js';
import type { ProjectRow } from '../shell/organization-context.js';
import type { Command } from './command.js';
import { wordsOf } from './find.js';
import type { Known, KnownDeployment } from './known.js';

/** Everywhere that one can go: the parts of the organization, projects and their pages, deployments. */
export function jumps(known: Known): readonly Command[] {
  const { organization, project } = known;
  const base = `/${organization.slug}`;
  const projects = organization.projects.nodes;
  const others = projects.filter(({ id }) => id !== project?.id);
  return [
    ...(project ? pagesOf(project, base, false) : []),
    jump('projects', 'Projects', LayoutGrid, base),
    jump('pool', 'Pool', Droplets, `${base}/pool`, { hint: 'Who holds how much of it' }),
    jump('new', 'New project', Plus, `${base}/new`),
    jump('members', 'Members', Users, `${base}/members`, { hint: 'Roles and invitations' }),
    jump('tokens', 'Tokens', KeyRound, `${base}/tokens`, { hint: 'Ways in for programs' }),
    jump('audit', 'Audit log', ScrollText, `${base}/audit`, { hint: 'Who has changed what' }),
    jump('plan', 'Plan', CreditCard, `${base}/billing`, { hint: 'What it gives and costs, and the invoices' }),
    jump('settings', 'Organization settings', Settings, `${base}/settings`, { hint: 'Name, address, owner' }),
    jump('new organization', 'New organization', Building2, '/new', { hint: 'With a pool of its own' }),
    ...projects.map((one) =>
      jump(`project ${one.id}`, one.slug, Box, `${base}/${one.slug}`, { hint: one.productionEnvironment.hostname }),
    ),
    ...others.flatMap((one) => pagesOf(one, base, true)),
    ...projects.flatMap((one) => deploymentsOf(known, one, base)),
  ];
}

function pagesOf({ id, slug }: ProjectRow, base: string, isDeep: boolean): readonly Command[] {
  const page = (name: string, icon: Command['icon']) =>
    jump(`${name} ${id}`, `${slug}: ${name.toLowerCase()}`, icon, `${base}/${slug}/${name.toLowerCase()}`, { isDeep });
  return [
    page('Deployments', List),
    page('Activity', History),
    page('Logs', ScrollText),
    page('Variables', KeyRound),
    page('Domains', Globe),
    page('Settings', Settings),
  ];
}

/** Those that are known, and any other by its number: numbers have no holes. */
function deploymentsOf(known: Known, { id, slug, recentDeployments }: ProjectRow, base: string): readonly Command[] {
  const newest = known.deployments.get(id) ?? [];
  const listed = newest.map((one) => deploymentJump(id, slug, base, one.number, one));
  const number = wordsOf(known.query).map(Number).find(Number.isInteger) ?? 0;
  const isUnlisted = !newest.some((one) => one.number === number);
  const exists = number >= 1 && number <= (recentDeployments[0]?.number ?? 0);
  return isUnlisted && exists ? [...listed, deploymentJump(id, slug, base, number)] : listed;
}

function deploymentJump(id: string, slug: string, base: string, number: number, one?: KnownDeployment): Command {
  return jump(`deployment ${id} ${number}`, `${slug} ${number}`, Rocket, `${base}/${slug}/deployments/${number}`, {
    hint: one ? titleOf(one) : 'Deployment',
    words: one?.source.__typename === 'GitSource' ? `${one.source.commit ?? ''} ${one.source.ref ?? ''}` : '',
    isDeep: true,
  });
}

const jump = (
  id: string,
  title: string,
  icon: Command['icon'],
  to: string,
  more: Pick<Command, 'hint' | 'words' | 'isDeep'> = {},
): Command => ({ id, group: 'Jump', title, icon, run: { to }, ...more });
