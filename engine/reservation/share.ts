import type { Asker, Usage } from './usage.js';

/** What somebody asks of a reservation. */
export type Share = BuildShare | BesideShare;

type BuildShare = {
  readonly kind: 'build';
  readonly memoryBytes: number;
  /** It has to wait. */
  readonly onWait?: () => void;
};

export type BesideShare = {
  readonly kind: 'beside';
  readonly environmentId: string;
  /** Whose rows the share counts already; null where they are also those of what is live. */
  readonly deploymentId: string | null;
  /** How much is needed, by what runs; 0 is never waited for. */
  readonly bytes: (usage: Usage) => number;
  readonly onWait?: () => void;
};

/** A share that is had, with what it takes of the reservation. */
export type Held = {
  readonly share: Share;
  readonly bytes: number;
  /** What it is for runs already, from an earlier try, or nothing is needed: nobody is let in before it. */
  readonly isThere: boolean;
};

/** What a decision depends on. */
export type Scene = {
  readonly totalBytes: number;
  /** Shares that others hold. */
  readonly others: readonly Held[];
  /** Others wait to start something beside what runs. */
  readonly isBesideWaiting: boolean;
  readonly usage: (asker: Asker, counted: readonly string[]) => Promise<Usage>;
};

/** The share as it would be held, or null where there is no room for it now. */
export function fitting(share: Share, scene: Scene): Promise<Held | null> {
  return share.kind === 'build' ? fittingBuild(share, scene) : fittingBeside(share, scene);
}

/** One at a time is let in always. */
async function fittingBuild(
  share: BuildShare,
  { others, isBesideWaiting, usage, totalBytes }: Scene,
): Promise<Held | null> {
  const held = { share, bytes: share.memoryBytes, isThere: false };
  if (!others.some((one) => one.share.kind === 'build')) return held;
  if (isBesideWaiting) return null;
  const { besideBytes } = await usage(nobody, deploymentsOf(others));
  return besideBytes + sumOf(others) + held.bytes <= totalBytes ? held : null;
}

const nobody: Asker = { environmentId: null, deploymentId: null };

/**
 * One at a time is let in always, whatever runs and is built: a gradual release that lasts for days keeps nobody from
 * deploying, and nobody waits but for work that goes on.
 */
async function fittingBeside(share: BesideShare, { others, usage, totalBytes }: Scene): Promise<Held | null> {
  const now = await usage(share, deploymentsOf(others));
  const bytes = share.bytes(now);
  const held = { share, bytes, isThere: now.ownBytes >= bytes };
  const isFirst = !others.some((one) => one.share.kind === 'beside' && one.bytes > 0);
  if (held.isThere || isFirst) return held;
  return now.besideBytes + sumOf(others) + bytes <= totalBytes ? held : null;
}

function sumOf(all: readonly Held[]): number {
  return all.reduce((sum, { bytes }) => sum + bytes, 0);
}

function deploymentsOf(all: readonly Held[]): readonly string[] {
  return all.flatMap(({ share }) => (share.kind === 'beside' ? (share.deploymentId ?? []) : []));
}
