import type { FieldIssue } from '@apployd/core/refusal';
import { isReservedSlug, isSlug } from '@apployd/core/slug';
import { formatIssue, textIssues } from '../validation.js';

/** What is wrong with a name or a slug; what is absent is right. */
export function organizationIssues({
  name,
  slug,
}: {
  readonly name?: string | null;
  readonly slug?: string | null;
}): FieldIssue[] {
  return [
    ...(name == null ? [] : textIssues(['name'], name, { min: 1, max: 100 })),
    ...(slug == null ? [] : slugIssues(slug)),
  ];
}

function slugIssues(slug: string): FieldIssue[] {
  if (isReservedSlug(slug)) {
    const message = `The platform uses the address ${slug} itself. Choose another slug.`;
    return [{ path: ['slug'], rule: 'RESERVED', message }];
  }
  const problem = 'A slug has 1 to 40 characters of a-z, 0-9 and single dashes, with a letter or digit at both ends.';
  return formatIssue(['slug'], isSlug(slug) ? null : problem);
}
