import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '@apployd/backplane/testing/free-port';
import { findProgram } from '../../host/command.js';
import { visitUntil } from '../visit-until.js';

export type PlainNginx = { readonly port: number; stop(): Promise<void> };

/** An Nginx with one location, as a page about Nginx would show it, and no setting but what lets it run beside others. */
export async function startPlainNginx(folder: string, workers: number, location: string): Promise<PlainNginx> {
  const program = await findProgram('nginx');
  if (!program) throw new Error('This benchmark compares with Nginx: install it (`npm run setup:host`).');
  const port = await freePort();
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'nginx.conf'), configuration(folder, port, workers, location));
  const child = spawn(program, ['-p', folder, '-e', 'stderr', '-c', 'nginx.conf', '-g', 'daemon off;'], {
    stdio: 'ignore',
  });
  await visitUntil(`http://127.0.0.1:${port}/`, ({ status }) => status < 500);
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function configuration(folder: string, port: number, workers: number, location: string): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'scgi', 'uwsgi']
    .map((kind) => `${kind}_temp_path ${folder}/temp-${kind};`)
    .join(' ');
  return `
worker_processes ${workers}; pid ${folder}/nginx.pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 10000000; ${temp}
  server { listen 127.0.0.1:${port} backlog=4096; location / { ${location} } }
}
`;
}
