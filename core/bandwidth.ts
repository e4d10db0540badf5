import { z } from 'zod';
import { ruleBeginsAtBytes } from './overage.js';

/** What becomes of a project that has used its bandwidth; nothing of it is ever charged. */
export const bandwidthRules = ['THROTTLE', 'STOP'] as const;
export type BandwidthRule = (typeof bandwidthRules)[number];

/** Whose bandwidth is used: the project's own slice, or what it may take of the pool. */
export const bandwidthReasons = ['SLICE', 'POOL'] as const;
export type BandwidthReason = (typeof bandwidthReasons)[number];

/** What all visitors of an environment together are sent at most in a second. */
export const throttleRates = { least: 16 * 1024, most: 1024 * 1024 * 1024 } as const;

/** How an edge holds an environment to the rule, until a moment from which on it does so no more, told or not. */
export const bandwidthLimit = z.discriminatedUnion('rule', [
  z.object({ rule: z.literal('STOP'), until: z.iso.datetime() }),
  z.object({
    rule: z.literal('THROTTLE'),
    until: z.iso.datetime(),
    bytesPerSecond: z.int().min(throttleRates.least).max(throttleRates.most),
  }),
]);
export type BandwidthLimit = z.infer<typeof bandwidthLimit>;

/** A limit as it was kept; null where there is none, and for one that cannot be read: nobody is stopped by a riddle. */
export const readBandwidthLimit = (kept: unknown): BandwidthLimit | null => bandwidthLimit.safeParse(kept).data ?? null;

/** The limit, where there is one at that moment. */
export function inForce(limit: BandwidthLimit | null | undefined, at: Date): BandwidthLimit | null {
  return limit && at.getTime() < Date.parse(limit.until) ? limit : null;
}

/** What the rule of a plan is for a project until the end of a period. */
export function limitBy(
  plan: { readonly bandwidthRule: BandwidthRule; readonly throttleBytesPerSecond: number },
  until: Date,
): BandwidthLimit {
  const end = { until: until.toISOString() };
  if (plan.bandwidthRule === 'STOP') return { rule: 'STOP', ...end };
  return { rule: 'THROTTLE', bytesPerSecond: plan.throttleBytesPerSecond, ...end };
}

/** What a project was given and has sent in a period. One that is deleted has no slice, and what it sent counts on. */
export type ProjectBandwidth = {
  readonly projectId: string;
  /** Of the pool's bandwidth; 0: none was given to it. */
  readonly sliceBytes: number;
  readonly bytesOut: number;
  /** Of these, what it sent while it was held to the rule: that takes nothing from the others. */
  readonly beyondBytes: number;
  /** The largest slice that it had in the period; infinite where that is not known, and all it sent counts. */
  readonly mostSliceBytes: number;
  /** The most of the pool that was nobody's slice while it had none of its own; 0: it had one all the time. */
  readonly mostRestBytes: number;
};

/**
 * The projects that have used their bandwidth, and which one. A project with a slice may use that, and nobody else may; those
 * without share what of the pool is nobody's slice. What was sent stays sent, whoever is given the slice afterwards: once
 * the pool is used up, it is used up for all. What goes beyond before anybody notices takes nothing from the others: of the
 * pool a project takes at most the largest slice that it had, and those without one together at most the largest rest. Where
 * bandwidth beyond the pool is bought nobody is held before all together have sent the pool and the cap.
 */
export function beyondBandwidth(
  poolBytes: number,
  projects: readonly ProjectBandwidth[],
  overageCapBytes: number | null,
): ReadonlyMap<string, BandwidthReason> {
  if (overageCapBytes !== null && sum(projects, counted) < ruleBeginsAtBytes(poolBytes, overageCapBytes))
    return new Map();
  const [holders, others] = [projects.filter(hasSlice), projects.filter((project) => !hasSlice(project))];
  const ofRest = Math.min(sum(projects, takenOfRest), Math.max(0, ...projects.map((each) => each.mostRestBytes)));
  const used = sum(projects, takenOfSlice) + ofRest;
  const held = sum(holders, (project) => Math.max(project.sliceBytes, takenOfSlice(project)));
  const isPoolUsed = used > 0 && used >= poolBytes;
  const isRestUsed = isPoolUsed || (sum(others, counted) > 0 && held + sum(others, takenOfSlice) + ofRest >= poolBytes);
  const reasonOf = (project: ProjectBandwidth): BandwidthReason | null => {
    if (!hasSlice(project)) return isRestUsed ? 'POOL' : null;
    if (project.bytesOut >= project.sliceBytes) return 'SLICE';
    return isPoolUsed ? 'POOL' : null;
  };
  return new Map(
    projects.flatMap((project) => {
      const reason = reasonOf(project);
      return reason ? [[project.projectId, reason] as const] : [];
    }),
  );
}

const sum = (of: readonly ProjectBandwidth[], bytes: (project: ProjectBandwidth) => number): number =>
  of.reduce((all, project) => all + bytes(project), 0);

const hasSlice = ({ sliceBytes }: ProjectBandwidth) => sliceBytes > 0;

const takenOfSlice = (project: ProjectBandwidth) =>
  Math.min(counted(project), Math.max(project.sliceBytes, project.mostSliceBytes));

/** Of what all share that have no slice. */
const takenOfRest = (project: ProjectBandwidth) =>
  project.mostRestBytes > 0 ? counted(project) - takenOfSlice(project) : 0;

/** What it has sent while nothing held it. */
const counted = ({ bytesOut, beyondBytes }: ProjectBandwidth) => Math.max(0, bytesOut - beyondBytes);
