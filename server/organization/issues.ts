import type { FieldIssue } from '@apployd/core/refusal';
import { slugIssues, textIssues } from '../validation.js';

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
    ...(slug == null ? [] : slugIssues(['slug'], 'organization', slug)),
  ];
}
