import type { Redirect } from '@apployd/core/redirect';
import { parseAddress, type Address } from '../address.js';

/** Whose visitors these are, and the addresses that take them in turn. */
export type Destination = {
  readonly hostname: string;
  /** Null for the platform's own. */
  readonly environmentId: string | null;
  readonly targets: readonly Address[];
  readonly redirects: readonly Redirect[];
  /** The next address in turn; undefined when nobody is home. */
  next(): Address | undefined;
};

export function destination(of: {
  readonly hostname: string;
  readonly environmentId: string | null;
  readonly targets: readonly string[];
  readonly redirects?: readonly Redirect[];
}): Destination {
  const targets = of.targets.map(parseAddress);
  let turn = 0;
  return {
    hostname: of.hostname,
    environmentId: of.environmentId,
    targets,
    redirects: of.redirects ?? [],
    next: () => {
      turn = turn + 1 < targets.length ? turn + 1 : 0;
      return targets[turn];
    },
  };
}
