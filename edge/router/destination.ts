import type { BandwidthLimit } from '@apployd/core/bandwidth';
import { usualEdgeSettings, type EdgeSettings } from '@apployd/core/edge-settings';
import type { Redirect } from '@apployd/core/redirect';
import type { RouteRollout } from '@apployd/core/rollout';
import { parseAddress, type Address } from '../address.js';
import { numbers, rolloutTag } from './release-cookie.js';

/** Whose visitors these are, and the addresses that take them in turn. */
export type Destination = {
  readonly hostname: string;
  /** Null for the platform's own. */
  readonly environmentId: string | null;
  readonly targets: readonly Address[];
  /** Nobody is home because it sleeps. */
  readonly isAsleep: boolean;
  readonly redirects: readonly Redirect[];
  readonly edge: EdgeSettings;
  /** It has used its bandwidth, and is held to this. */
  readonly bandwidth: BandwidthLimit | null;
  /** Where a share of its visitors goes instead; null: nowhere. */
  readonly rollout: DestinationRollout | null;
  /** The next address in turn; undefined when nobody is home. */
  next(): Address | undefined;
};

/** The new release of a rollout, and who are its visitors. */
type DestinationRollout = {
  readonly deploymentId: string;
  readonly tag: string;
  readonly targets: readonly Address[];
  isNew(number: number): boolean;
  next(): Address | undefined;
};

export function destination(of: {
  readonly hostname: string;
  readonly environmentId: string | null;
  readonly targets: readonly string[];
  readonly asleep?: boolean;
  readonly redirects?: readonly Redirect[];
  readonly edge?: EdgeSettings;
  readonly bandwidth?: BandwidthLimit | null;
  readonly rollout?: RouteRollout | null;
}): Destination {
  const targets = of.targets.map(parseAddress);
  return {
    hostname: of.hostname,
    environmentId: of.environmentId,
    targets,
    isAsleep: targets.length === 0 && of.asleep === true,
    redirects: of.redirects ?? [],
    edge: of.edge ?? usualEdgeSettings,
    bandwidth: of.bandwidth ?? null,
    rollout: of.rollout ? rolloutOf(of.rollout) : null,
    next: inTurn(targets),
  };
}

/** Where this visitor goes, of the two releases that there may be. */
export function placeOf(found: Destination, number: number | null): Pick<Destination, 'next' | 'targets'> {
  return number !== null && found.rollout?.isNew(number) ? found.rollout : found;
}

function rolloutOf({ deploymentId, targets: spelled, percent }: RouteRollout): DestinationRollout {
  const targets = spelled.map(parseAddress);
  const isNew = (number: number) => number < (percent / 100) * numbers;
  return { deploymentId, tag: rolloutTag(deploymentId), targets, isNew, next: inTurn(targets) };
}

function inTurn(targets: readonly Address[]): () => Address | undefined {
  let turn = 0;
  return () => {
    turn = turn + 1 < targets.length ? turn + 1 : 0;
    return targets[turn];
  };
}
