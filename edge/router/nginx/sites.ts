import { usualEdgeSettings } from '@apployd/core/edge-settings';
import type { Logger } from '@apployd/backplane/log/logger';
import { parseAddress } from '../../address.js';
import type { Platform } from '../../platform.js';
import type { RouteChange } from '../router.js';
import { isNamed, resolveTarget, type Resolve } from './resolve-target.js';
import { forgetLine, ownSite, putLine, siteOf, type SiteLine } from './route-lines.js';

/** What Nginx is to know, as the lines that say it. */
export type Sites = {
  /** Resolves with the lines that put these routes in force. A malformed one changes nothing. */
  put(routes: readonly RouteChange[]): Promise<readonly string[]>;
  forget(hostnames: readonly string[]): readonly string[];
  /** Resolves with the lines of what is behind another address since. */
  refresh(): Promise<readonly string[]>;
  /** All lines. */
  all(): readonly string[];
  /** Those of these sites. */
  of(names: ReadonlySet<string>): readonly string[];
  /** The lines that make it forget those of these sites that are none any more. */
  without(names: readonly string[]): readonly string[];
};

/** Its targets may be names. */
type Site = SiteLine;

export function sites(platform: Platform, resolve: Resolve, log: Logger): Sites {
  const byName = new Map<string, Site & { line: string }>();
  const own = sitesOf(platform);

  const addressOf = (target: string) =>
    resolveTarget(target, resolve).catch((error: unknown) => {
      log.warn({ err: error, target }, 'a target has no address and is left out');
      return null;
    });

  /** A target that cannot be found keeps nobody from the others. */
  const found = async (targets: readonly string[]) => {
    const addresses = targets.some(isNamed) ? await Promise.all(targets.map(addressOf)) : targets;
    return addresses.filter((each) => each !== null);
  };

  const lineOf = async (site: Site) => {
    const rollout = site.rollout && { ...site.rollout, targets: await found(site.rollout.targets) };
    return putLine({ ...site, targets: await found(site.targets), rollout: rollout?.targets.length ? rollout : null });
  };

  const keep = async (site: Site) => {
    const line = await lineOf(site);
    byName.set(site.site, { ...site, line });
    return line;
  };

  return {
    put: async (routes) => {
      for (const route of routes) targetsOf(route).forEach(parseAddress);
      const named = routes.map(({ edge = usualEdgeSettings, ...route }) => ({
        ...{ ...route, edge },
        ...{ site: siteOf(route.hostname), isAsleep: route.asleep },
      }));
      return Promise.all(named.map(keep));
    },
    forget: (hostnames) => {
      const names = hostnames.map(siteOf);
      for (const name of names) byName.delete(name);
      return names.map(forgetLine);
    },
    refresh: async () => {
      const missing = own.filter(({ site }) => !byName.has(site));
      const before = [...byName.values()].filter((site) => targetsOf(site).some(isNamed));
      const lines = await Promise.all(before.map(lineOf));
      const changed = before.filter(({ site, line }, i) => byName.get(site)?.line === line && line !== lines[i]);
      return Promise.all([...missing, ...changed].map(keep));
    },
    all: () => [...byName.values()].map(({ line }) => line),
    of: (names) => [...names].flatMap((name) => byName.get(name)?.line ?? []),
    without: (names) => names.filter((name) => !byName.has(name)).map(forgetLine),
  };
}

const targetsOf = ({ targets, rollout }: Pick<RouteChange, 'targets' | 'rollout'>) => [
  ...targets,
  ...(rollout?.targets ?? []),
];

const sitesOf = ({ server, dashboard }: Platform): readonly Site[] => [
  ownRoute('server', server),
  ...(dashboard === null ? [] : [ownRoute('dashboard', dashboard)]),
];

const ownRoute = (name: 'server' | 'dashboard', target: string) => ({
  site: ownSite(name),
  environmentId: '-',
  targets: [target],
  redirects: [],
});
