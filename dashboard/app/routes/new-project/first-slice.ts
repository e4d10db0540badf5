import { GiB, MiB, mapResources, type Resources } from '../../pool/resources.js';

const wanted: Resources = { memoryBytes: 512 * MiB, cpuMillicores: 500, bandwidthBytesPerMonth: 50 * GiB };

/** A modest slice for a new project, and less where less is left. */
export const firstSlice = ({
  available,
  largestSlice,
}: {
  readonly available: Resources;
  readonly largestSlice: Resources;
}): Resources => mapResources((name) => Math.min(wanted[name], available[name], largestSlice[name]));
