import type { Resources } from '../../pool/resources.js';

type Slice = { readonly projectId: string; readonly limits: Resources };

/** A division as it is sent: all of it, or nothing when the pool has another version by then. */
export const divisionForm = (
  organizationId: string,
  version: number,
  slices: readonly Slice[],
): Readonly<Record<'organizationId' | 'version' | 'changes', string>> => ({
  organizationId,
  version: String(version),
  changes: JSON.stringify(
    slices.map(({ projectId, limits: { memoryBytes, cpuMillicores, bandwidthBytesPerMonth } }) => ({
      projectId,
      limits: { memoryBytes, cpuMillicores, bandwidthBytesPerMonth },
    })),
  ),
});
