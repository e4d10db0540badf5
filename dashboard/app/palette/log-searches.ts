import { TextSearch } from 'lucide-react';
import type { Command } from './command.js';
import type { Known } from './known.js';

const mostOthers = 2;

/** Looks for what is typed in logs: of the deployment and the project that are open, then of others. */
export function logSearches({ organization, project, number, query }: Known): readonly Command[] {
  const wanted = query.trim();
  if (!wanted) return [];
  const others = organization.projects.nodes.filter(({ id }) => id !== project?.id);
  const search = (title: string, path: string): Command => ({
    id: `find ${path}`,
    group: 'Find in logs',
    title,
    icon: TextSearch,
    run: { to: `/${organization.slug}/${path}?${new URLSearchParams({ find: wanted })}` },
  });
  return [
    ...(project && number
      ? [search(`“${wanted}” in the build log of ${project.slug} ${number}`, `${project.slug}/deployments/${number}`)]
      : []),
    ...[...(project ? [project] : []), ...others.slice(0, mostOthers)].map(({ slug }) =>
      search(`“${wanted}” in the log of ${slug}`, `${slug}/logs`),
    ),
  ];
}
