import { normalHostname, wildcardOver } from '@apployd/core/hostname';
import type { Address } from '../address.js';
import { destination, type Destination } from './destination.js';
import type { RouteChange } from './router.js';

/** Which destination a host name has now. Whoever took one before a change keeps it to its end. */
export type RouteTable = {
  /** Its own, or else that of the wildcard over it. */
  find(hostname: string): Destination | undefined;
  /** Returns the addresses that no route leads to any more. */
  apply(routes: readonly RouteChange[]): readonly Address[];
  forget(hostnames: readonly string[]): readonly Address[];
};

export function routeTable(): RouteTable {
  const byHostname = new Map<string, Destination>();
  const users = new Map<string, number>();

  const put = (hostname: string, next: Destination | undefined): readonly Address[] => {
    const former = byHostname.get(hostname);
    if (next) byHostname.set(hostname, next);
    else byHostname.delete(hostname);
    for (const address of addressesOf(next)) count(users, address, 1);
    return addressesOf(former).filter((address) => count(users, address, -1) === 0);
  };

  return {
    find: (hostname) => byHostname.get(hostname) ?? byHostname.get(wildcardOver(hostname) ?? ''),
    apply: (routes) => {
      // All are read before the first takes effect: a malformed one changes nothing.
      const next = routes.map((route) => destination({ ...route, hostname: normalHostname(route.hostname) }));
      return next.flatMap((each) => put(each.hostname, each));
    },
    forget: (hostnames) => hostnames.flatMap((hostname) => put(normalHostname(hostname), undefined)),
  };
}

const addressesOf = (found: Destination | undefined): readonly Address[] =>
  found ? [...found.targets, ...(found.rollout?.targets ?? [])] : [];

function count(users: Map<string, number>, { host, port }: Address, change: number): number {
  const key = `${host} ${port}`;
  const left = (users.get(key) ?? 0) + change;
  if (left > 0) users.set(key, left);
  else users.delete(key);
  return left;
}
