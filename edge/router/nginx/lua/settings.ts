import { bodyLimits } from '@apployd/core/edge-settings';
import { limitsByTier, windowMs, type Limits } from '@apployd/core/visitor-limit';
import { acmeChallengePath } from '@apployd/core/certificate';
import { normalHostname, probeHeader } from '@apployd/core/hostname';
import type { Platform } from '../../../platform.js';
import { apiPage, errorAnswer, healthAnswer, ownErrorCodes, type OwnAnswer } from '../../own-answer.js';
import { serverPaths } from '../../platform-destinations.js';
import type { TlsOptions } from '../../router.js';
import { asleep } from '../route-lines.js';
import type { NginxSettings } from '../configuration/settings.js';
import type { WorkerSockets } from '../worker-sockets.js';
import { luaValue } from './value.js';

/** What the Lua modules are told: the platform's own host, where the edge itself is, and the edge's own answers as they are written. */
export function settingsLua(
  platform: Platform,
  { waker, wakerHttp2, passwords }: WorkerSockets,
  { mostPerEnvironment, workers }: Pick<NginxSettings, 'mostPerEnvironment' | 'workers'>,
  tls?: TlsOptions,
): string {
  const answers = {
    API_PAGE: variants(apiPage),
    HEALTH: variants(() => healthAnswer(true)),
    ...Object.fromEntries(ownErrorCodes.map((code) => [code, variants((accept) => errorAnswer(code, accept))])),
  };
  return `return ${luaValue({
    platform: Object.fromEntries(platform.hostnames.map((hostname) => [normalHostname(hostname), true])),
    server_paths: serverPaths,
    asleep,
    waker: `unix:${waker}`,
    waker_http2: `unix:${wakerHttp2}`,
    passwords: `unix:${passwords}`,
    body_limits: bodyLimits,
    most_unwatched_bodies: Math.max(1, Math.floor(mostPerEnvironment / unwatchedOneIn / workers)),
    window_seconds: windowMs / 1_000,
    limits: Object.fromEntries(Object.entries(limitsByTier).map(([tier, limits]) => [tier, luaLimits(limits)])),
    has_tls: tls !== undefined,
    public_tls_port: tls?.publicPort ?? null,
    own_names: tls ? `.${tls.baseDomain}` : null,
    challenge_path: acmeChallengePath,
    probe_header: probeHeader.replaceAll('-', '_'),
    has_dashboard: platform.dashboard !== null,
    answers,
  })}\n`;
}

/** Of the places of an environment, so many may be held by bodies that nobody watches: every fourth. */
const unwatchedOneIn = 4;

const luaLimits = ({ perAddress, open, perEnvironment }: Limits) => ({
  ...{ per_address: perAddress, open },
  per_environment: perEnvironment === Number.MAX_SAFE_INTEGER ? null : perEnvironment,
});

function variants(answer: (accept: string | undefined) => OwnAnswer) {
  const [text, html] = [answer(undefined), answer('text/html')];
  const of = ({ headers, body }: OwnAnswer) => ({ headers, body });
  return { status: text.status, text: of(text), html: of(html) };
}
