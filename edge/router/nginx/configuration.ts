import { challengePool } from './configuration/challenges.js';
import { compression } from './configuration/compression.js';
import { controlServer } from './configuration/control-server.js';
import { limits } from './configuration/limits.js';
import { luaParts } from './configuration/lua-parts.js';
import { pools } from './configuration/pools.js';
import type { NginxSettings } from './configuration/settings.js';
import { trafficLines } from './configuration/traffic-lines.js';
import { visitorFacts } from './configuration/visitor-facts.js';
import { visitorServer } from './configuration/visitor-server.js';
import { quote } from './quote.js';

/** The text of `nginx.conf`. */
export function configuration(settings: NginxSettings): string {
  const { modules, user, workers, folder, shutdownMs } = settings;
  const file = (name: string) => quote(`${folder}/${name}`);
  return `# Written by the edge; changes are overwritten.
${modules.map((module) => `load_module ${quote(module)};\n`).join('')}${user === null ? '' : `user ${quote(user)};\n`}worker_processes ${workers};
worker_shutdown_timeout ${shutdownMs}ms;
worker_rlimit_nofile 65536;
pid ${file('nginx.pid')};
error_log stderr error;
events {
    worker_connections 32768;
}
http {
${temporaryFolders(file)}
${luaParts(settings)}
${limits(settings)}
${trafficLines(settings)}
${compression}
${visitorFacts(settings)}
${pools}${challengePool(settings)}
${visitorServer(settings)}
${controlServer(folder)}
}
`;
}

const temporaryFolders = (file: (name: string) => string) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `    ${kind}_temp_path ${file(`temporary/${kind}`)};`)
    .join('\n');
