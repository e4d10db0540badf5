import type { Logger } from '@apployd/backplane/log/logger';
import type { Clock } from '@apployd/core/clock';
import { deadlineIn } from '@apployd/core/deadline';
import type { EngineConfig } from '../config.js';
import type { Dns } from './dns.js';
import { manualDns } from './manual.js';

const patienceMs = 30_000;

/**
 * Who sees to the platform's own names, as the configuration says. A token that cannot do it is said at the start, and
 * keeps nobody from starting: what runs is to go on.
 */
export async function openDns(config: EngineConfig, { clock, log }: { clock: Clock; log: Logger }): Promise<Dns> {
  const { ENGINE_DNS, ENGINE_CLOUDFLARE_TOKEN: token, APPLOYD_BASE_DOMAIN: base } = config;
  if (ENGINE_DNS === 'manual' || !token) return manualDns(log);
  // An engine that has no use for it pays nothing for its client.
  const { checkCloudflareToken, cloudflareDns } = await import('./cloudflare.js');
  void checkCloudflareToken({ token, clock }, base, deadlineIn(patienceMs)).catch((err: unknown) =>
    log.error({ err }, 'host names cannot be set at Cloudflare'),
  );
  return cloudflareDns({ token, clock, mark: markOf(base) });
}

/** How much a comment may say with every plan of Cloudflare. */
const longestComment = 100;

/** Platforms that share a zone have other base domains. */
const markOf = (base: string) => `apployd:${base.toLowerCase()}`.slice(0, longestComment);
