import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@apployd/backplane/testing/free-port';
import { findProgram, run } from '../host/command.js';
import type { Answer } from './visitors.js';
import { until } from './until.js';

export type Nginx = {
  /** As a browser that trusts its certificate. */
  visit(hostname: string, path?: string): Promise<Answer>;
  stop(): Promise<void>;
};

/** A real Nginx with these servers, which name port 443 and files of a certificate: they get a port and a certificate. */
export async function behindNginx(servers: string): Promise<Nginx> {
  const program = await findProgram('nginx');
  if (!program) throw new Error('There is no nginx: npm run setup:host installs it.');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-nginx-'));
  const port = await freePort();
  await makeCertificate(folder);
  await writeFile(path.join(folder, 'nginx.conf'), configOf(servers, port, folder));
  const nginx = spawn(program, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  nginx.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const visit = (hostname: string, target = '/') => visitOver(port, hostname, target);
  const answers = () => {
    if (nginx.exitCode !== null) throw new Error(`nginx ended: ${said}`);
    return visit('nobody').then(
      () => true,
      () => false,
    );
  };
  await until(answers, 'nginx to answer');
  return {
    visit,
    stop: async () => {
      const closed = once(nginx, 'close');
      nginx.kill('SIGTERM');
      await closed;
      await rm(folder, { recursive: true });
    },
  };
}

async function makeCertificate(folder: string): Promise<void> {
  const files = ['-keyout', path.join(folder, 'privkey.pem'), '-out', path.join(folder, 'fullchain.pem')];
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=test',
  ];
  await run('openssl', [...request, ...files], { timeoutMs: 20_000 });
}

function configOf(servers: string, port: number, folder: string): string {
  const here = servers
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replaceAll('/etc/ssl/apployd', folder)
    .replace(/server_name .*;/, 'server_name _;');
  return `daemon off; pid nginx.pid; events {} http { access_log off; ${here} }`;
}

function visitOver(port: number, host: string, target: string): Promise<Answer> {
  const options = {
    host: '127.0.0.1',
    port,
    path: target,
    headers: { host },
    rejectUnauthorized: false,
    timeout: 10_000,
  };
  return new Promise((resolve, reject) => {
    const request = https.get(options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('nginx does not answer')));
    request.on('error', reject);
  });
}
