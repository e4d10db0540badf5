import type { BandwidthLimit } from '@apployd/core/bandwidth';
import type { EdgeSettings } from '@apployd/core/edge-settings';
import type { RouteRollout } from '@apployd/core/rollout';
import { limitTier } from '@apployd/core/visitor-limit';
import { bandwidthUsedAnswer, errorAnswer } from '../own-answer.js';
import { rolloutTag } from '../release-cookie.js';

/**
 * What Nginx is told of the settings of an environment, as lists of values that begin with a kind: read by
 * `lua/edge-settings.ts`.
 */
export function edgeWords(edge: EdgeSettings): readonly (readonly string[])[] {
  const { maintenanceMessage, passwords, responseHeaders, hostRedirect, bodyLimit, protocol } = edge;
  const page = (accept: string) => errorAnswer('MAINTENANCE', accept, { text: maintenanceMessage ?? undefined }).body;
  const tier = limitTier(edge);
  return [
    ...(tier ? [['limit', tier]] : []),
    ...(hostRedirect === 'NONE' ? [] : [['host', hostRedirect]]),
    ...(edge.maintenance ? [['maintenance', page('*/*'), page('text/html')]] : []),
    ...(passwords.length > 0 ? [['passwords', passwordsWord(passwords)]] : []),
    ...(protocol === 'HTTP1' ? [] : [['protocol', protocol]]),
    ...(bodyLimit === 'UNLIMITED' ? [] : [['body', bodyLimit]]),
    ...responseHeaders.map(({ name, value }) => ['header', name, value]),
  ];
}

/** The same of an environment that has used its bandwidth; until when is in seconds since 1970. */
export function bandwidthWords(limit: BandwidthLimit | null): readonly (readonly string[])[] {
  if (limit === null) return [];
  const until = new Date(limit.until);
  const seconds = String(Math.floor(until.getTime() / 1_000));
  if (limit.rule === 'THROTTLE') return [['pace', seconds]];
  const page = (accept: string) => bandwidthUsedAnswer(until, accept).body;
  return [['stop', seconds, page('*/*'), page('text/html')]];
}

/** Of a rollout: what the cookie of its visitors begins with, its share, whose answers are counted, and where it leads. */
export const rolloutWords = ({ deploymentId, percent, targets }: RouteRollout): readonly string[] => [
  ...['rollout', rolloutTag(deploymentId), String(percent), deploymentId],
  ...targets,
];

/** As they are handed back with what a visitor says of itself: see `password-server.ts`. */
const passwordsWord = (passwords: EdgeSettings['passwords']) =>
  Buffer.from(JSON.stringify(passwords)).toString('base64url');
