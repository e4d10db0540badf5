import type { BandwidthLimit } from '@apployd/core/bandwidth';
import { usualEdgeSettings, type EdgeSettings } from '@apployd/core/edge-settings';
import type { Redirect } from '@apployd/core/redirect';
import { parseAddress, type Address } from '../address.js';

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
  /** The next address in turn; undefined when nobody is home. */
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
}): Destination {
  const targets = of.targets.map(parseAddress);
  let turn = 0;
  return {
    hostname: of.hostname,
    environmentId: of.environmentId,
    targets,
    isAsleep: targets.length === 0 && of.asleep === true,
    redirects: of.redirects ?? [],
    edge: of.edge ?? usualEdgeSettings,
    bandwidth: of.bandwidth ?? null,
    next: () => {
      turn = turn + 1 < targets.length ? turn + 1 : 0;
      return targets[turn];
    },
  };
}
