import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { silentLogger } from '@apployd/backplane/log/logger';
import { nginxRouter, type NginxOptions } from '../router/nginx/nginx.js';
import { aPlatform, benchOf } from './bench.js';

/** What an Nginx of a test is told; its folder is for the test to remove. */
export async function nginxOptions(options: Partial<NginxOptions> = {}): Promise<NginxOptions> {
  return {
    host: '127.0.0.1',
    port: 0,
    platform: aPlatform,
    log: silentLogger,
    program: 'nginx',
    workers: 2,
    user: 'www-data',
    ...options,
    folder: options.folder ?? (await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-nginx-')))),
  };
}

/** A real Nginx on a free port, with apps behind it. */
export async function openNginxBench(options: Partial<NginxOptions> = {}) {
  const settings = await nginxOptions(options);
  const bench = await benchOf(nginxRouter(settings));
  return {
    ...bench,
    folder: settings.folder,
    close: async () => {
      await bench.close();
      await rm(settings.folder, { recursive: true });
    },
  };
}

export type NginxBench = Awaited<ReturnType<typeof openNginxBench>>;
