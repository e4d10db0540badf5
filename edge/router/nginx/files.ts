import type { TlsOptions } from '../router.js';
import type { Platform } from '../../platform.js';
import { configuration } from './configuration.js';
import type { NginxSettings } from './configuration/settings.js';
import { answerLua } from './lua/answer.js';
import { balanceLua } from './lua/balance.js';
import { certificatesLua } from './lua/certificates.js';
import { controlLua } from './lua/control.js';
import { edgeSettingsLua } from './lua/edge-settings.js';
import { inFrontLua } from './lua/in-front.js';
import { limitsLua } from './lua/limits.js';
import { workersLua } from './lua/workers.js';
import { meterLua } from './lua/meter.js';
import { passwordsLua } from './lua/passwords.js';
import { redirectLua } from './lua/redirect.js';
import { rolloutLua } from './lua/rollout.js';
import { routesLua } from './lua/routes.js';
import { settingsLua } from './lua/settings.js';
import { unwatchedBodiesLua } from './lua/unwatched-bodies.js';
import { visitLua } from './lua/visit.js';
import type { WorkerSockets } from './worker-sockets.js';

/** Everything that an Nginx of the edge reads but the routes, by its path in the folder. */
export function files(
  settings: NginxSettings,
  platform: Platform,
  sockets: WorkerSockets,
  tls?: TlsOptions,
): Readonly<Record<string, string>> {
  return {
    'nginx.conf': configuration(settings),
    'lua/answer.lua': answerLua,
    'lua/balance.lua': balanceLua,
    'lua/certificates.lua': certificatesLua,
    'lua/control.lua': controlLua,
    'lua/edge_settings.lua': edgeSettingsLua,
    'lua/in_front.lua': inFrontLua,
    'lua/limits.lua': limitsLua,
    'lua/meter.lua': meterLua,
    'lua/workers.lua': workersLua,
    'lua/passwords.lua': passwordsLua,
    'lua/redirect.lua': redirectLua,
    'lua/rollout.lua': rolloutLua,
    'lua/routes.lua': routesLua,
    'lua/settings.lua': settingsLua(platform, sockets, settings, tls),
    'lua/unwatched_bodies.lua': unwatchedBodiesLua,
    'lua/visit.lua': visitLua,
  };
}
