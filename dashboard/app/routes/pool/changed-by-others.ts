import type { Organization } from '../../shell/organization-context.js';
import { formatOf, resourceNames } from '../../pool/resources.js';

type Allocation = Organization['pool']['allocations'][number];

/** What somebody else has divided anew since this page was loaded: `Priya changed api to 1.5 GB`. */
export function changedByOthers(seen: readonly Allocation[], now: readonly Allocation[]): readonly string[] {
  return now.flatMap(({ project, limits, updatedBy }) => {
    const before = seen.find((one) => one.project.id === project.id)?.limits;
    const amounts = resourceNames
      .filter((name) => limits[name] !== before?.[name])
      .map((name) => formatOf(name, limits[name]));
    if (amounts.length === 0) return [];
    const who = updatedBy?.name ?? 'Somebody';
    return before
      ? [`${who} changed ${project.slug} to ${amounts.join(', ')}.`]
      : [`${who} gave ${project.slug} ${amounts.join(', ')}.`];
  });
}
