import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { silentLogger } from '@apployd/backplane/log/logger';
import { freePort } from '@apployd/backplane/testing/free-port';
import { nginxRouter, type NginxOptions } from '../router/nginx/nginx.js';
import { aPlatform, benchOf } from './bench.js';

/** What an Nginx of a test is told; its folders are for the test to remove. */
export async function nginxOptions(options: Partial<NginxOptions> = {}): Promise<NginxOptions> {
  return {
    host: '127.0.0.1',
    port: await freePort(),
    platform: aPlatform,
    log: silentLogger,
    program: 'nginx',
    workers: 2,
    user: 'www-data',
    ...options,
    tls: options.tls && { ...options.tls, port: options.tls.port || (await freePort()) },
    folder: options.folder ?? (await newFolder('apployd-nginx-')),
    socketFolder: options.socketFolder ?? path.join(await newFolder('apployd-sockets-'), 'sockets'),
  };
}

const newFolder = async (name: string) => realpath(await mkdtemp(path.join(os.tmpdir(), name)));

export async function removeFolders({ folder, socketFolder }: NginxOptions): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await rm(path.dirname(socketFolder), { recursive: true, force: true });
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
      await removeFolders(settings);
    },
  };
}

export type NginxBench = Awaited<ReturnType<typeof openNginxBench>>;
