import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { visitUntil } from './visit-until.js';

const run = promisify(execFile);
/** BuildKit's client is not everywhere, and the engine under test uses the legacy builder too. */
const legacyBuilder = { ...process.env, DOCKER_BUILDKIT: '0' };
const label = 'apployd.bench=floor';

/**
 * The least that a deployment can cost on this machine: clone, build, run, wait for an answer, switch Nginx, remove the
 * old container. The same commands as a shell script would run, one after the other.
 */
export type Floor = {
  /** Deploys the repository's newest commit; milliseconds until the new release answers through Nginx. */
  deploy(app: string, answer: string): Promise<number>;
  stop(): Promise<void>;
};

type Nginx = { readonly folder: string; readonly port: number; readonly process: ChildProcess };
type Live = { readonly container: string; readonly port: number };

export async function startFloor(
  folder: string,
  repository: string,
  ports: { readonly nginx: number; readonly apps: number },
): Promise<Floor> {
  await mkdir(path.join(folder, 'routes'), { recursive: true });
  await writeFile(path.join(folder, 'nginx.conf'), nginxConf(folder, ports.nginx));
  const process = spawn('nginx', ['-p', folder, '-c', 'nginx.conf', '-g', 'daemon off;'], { stdio: 'ignore' });
  const nginx: Nginx = { folder, port: ports.nginx, process };
  await visitUntil(`http://127.0.0.1:${ports.nginx}/`, (answer) => answer.status === 404);
  const live = new Map<string, Live>();
  let port = ports.apps;
  const built: string[] = [];
  let turn = 0;
  return {
    deploy: async (app, answer) => {
      const id = `floor-${app}-${nginx.process.pid}-${(turn += 1)}`;
      const next = { container: id, port: (port += 1) };
      built.push(id);
      const began = performance.now();
      await bringUp(folder, repository, next);
      await visitUntil(`http://127.0.0.1:${next.port}/`, ({ status }) => status === 200);
      await pointTo(nginx, app, next.port);
      await visitUntil(`http://${app}.localhost:${ports.nginx}/`, ({ body }) => body.includes(answer));
      const tookMs = performance.now() - began;
      await removeOld(live.get(app));
      live.set(app, next);
      return tookMs;
    },
    stop: async () => {
      nginx.process.kill('SIGQUIT');
      await Promise.all([...live.values()].map(removeOld));
      await removeImages(built);
    },
  };
}

async function bringUp(folder: string, repository: string, { container, port }: Live): Promise<void> {
  const source = path.join(folder, container);
  await run('git', ['clone', '-q', '--depth', '1', repository, source]);
  await run('docker', ['build', '-q', '-t', `apployd-bench/floor:${container}`, '--label', label, source], {
    env: legacyBuilder,
  });
  await run('docker', [
    'run',
    '-d',
    '--name',
    container,
    '--label',
    label,
    '-m',
    '128m',
    '-p',
    `127.0.0.1:${port}:3000`,
    `apployd-bench/floor:${container}`,
  ]);
  await rm(source, { recursive: true, force: true });
}

/** One server block an app, as a deploy script would write it. */
async function pointTo(nginx: Nginx, app: string, port: number): Promise<void> {
  const file = path.join(nginx.folder, 'routes', `${app}.conf`);
  const block = `server { listen 127.0.0.1:${nginx.port}; server_name ${app}.localhost; location / { proxy_pass http://127.0.0.1:${port}; } }\n`;
  await writeFile(`${file}.new`, block);
  await rename(`${file}.new`, file);
  nginx.process.kill('SIGHUP');
}

async function removeOld(old: Live | undefined): Promise<void> {
  if (!old) return;
  await run('docker', ['rm', '-f', old.container]);
}

/** The newest first: later images may stand on layers of earlier ones. One that another still needs goes with that. */
async function removeImages(containers: readonly string[]): Promise<void> {
  for (const container of [...containers].reverse()) {
    await run('docker', ['rmi', '-f', `apployd-bench/floor:${container}`]).catch(() => undefined);
  }
}

function nginxConf(folder: string, port: number): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'scgi', 'uwsgi']
    .map((kind) => `${kind}_temp_path ${folder}/temp-${kind};`)
    .join(' ');
  return `
user root; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 512; }
http {
  access_log off; ${temp}
  server { listen 127.0.0.1:${port} default_server; return 404; }
  include ${folder}/routes/*.conf;
}
`;
}
