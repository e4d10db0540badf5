import { useMatches, useParams } from '@remix-run/react';
import { useOrganization } from './organization-context.js';
import type { Section } from './sections.js';

/** A step of the way to this page; the last one has no address. */
export type Crumb = { readonly label: string; readonly to?: string };

/** What a page may say of itself to the shell, as its route's `handle`. */
export type PageHandle = {
  readonly section?: Section;
  readonly crumbs: (params: Readonly<Record<string, string | undefined>>) => readonly Crumb[];
};

/** Where the visitor is: the part of the organization, and the way to the page. */
export function useHere(): { readonly section: Section; readonly crumbs: readonly Crumb[] } {
  const { organization } = useOrganization();
  const params = useParams();
  const handles = useMatches().map(({ handle }) => handle as PageHandle | undefined);
  const handle = handles.filter(Boolean).at(-1);
  const first: Crumb = { label: organization.name, to: `/${organization.slug}` };
  return { section: handle?.section ?? 'projects', crumbs: [first, ...(handle?.crumbs(params) ?? [])] };
}
