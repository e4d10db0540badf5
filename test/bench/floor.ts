import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@apployd/backplane/testing/free-port';
import { findProgram } from '../host/command.js';
import type { ByHand } from './by-hand.js';
import { visitUntil, type Answer } from './visit-until.js';

const run = promisify(execFile);

/**
 * The least that a deployment can cost on this machine: clone, build, run, wait for an answer, switch Nginx, end the
 * old one. The same commands as a shell script would run, one after the other.
 */
export type Floor = {
  /** Deploys the repository's newest commit; milliseconds until the new release answers through Nginx. */
  deploy(app: string, answer: string): Promise<number>;
  /** Runs the release before the live one again, without building it; milliseconds likewise. */
  goBack(app: string, answer: string): Promise<number>;
  stop(): Promise<void>;
};

export type FloorOptions = {
  readonly byHand: ByHand;
  /** Of its own; whoever made it removes it. */
  readonly folder: string;
  /** The repository that is deployed. */
  readonly repository: string;
  /** The app says behind its answer which release it is: of one that says the same as before the former is not taken for it. */
  readonly tellsRelease?: boolean;
};

type Nginx = { readonly folder: string; readonly port: number; readonly process: ChildProcess };
type Live = { readonly name: string; readonly release: string; readonly before: string | null };

export async function startFloor({ byHand, folder, repository, tellsRelease }: FloorOptions): Promise<Floor> {
  const nginx = await startNginx(folder, await freePort());
  const live = new Map<string, Live>();
  const built: string[] = [];
  let turn = 0;
  const nextName = (app: string) => `floor-${app}-${nginx.process.pid}-${(turn += 1)}`;

  const isAnswer = (answer: string, name: string) => (got: Answer) =>
    tellsRelease ? got.body.trim() === `${answer} ${name}` : got.body.includes(answer);
  const bringLive = async (app: string, release: string, name: string, answer: string) => {
    const at = await freePort();
    await byHand.start(release, name, at);
    await visitUntil(`http://127.0.0.1:${at}/`, ({ status }) => status === 200);
    await pointTo(nginx, app, at);
    await visitUntil(`http://${app}.localhost:${nginx.port}/`, isAnswer(answer, name));
  };
  const replace = async (app: string, next: Omit<Live, 'before'>) => {
    const old = live.get(app);
    if (old) await byHand.end(old.name);
    live.set(app, { ...next, before: old?.release ?? null });
  };

  return {
    deploy: async (app, answer) => {
      const name = nextName(app);
      built.push(name);
      const began = performance.now();
      const source = path.join(folder, name);
      await run('git', ['clone', '-q', '--depth', '1', repository, source]);
      await byHand.build(source, name);
      await bringLive(app, name, name, answer);
      const tookMs = performance.now() - began;
      await replace(app, { name, release: name });
      return tookMs;
    },
    goBack: async (app, answer) => {
      const release = live.get(app)?.before;
      if (!release) throw new Error(`${app} has no release to go back to.`);
      const name = nextName(app);
      const began = performance.now();
      await bringLive(app, release, name, answer);
      const tookMs = performance.now() - began;
      await replace(app, { name, release });
      return tookMs;
    },
    stop: async () => {
      nginx.process.kill('SIGQUIT');
      await Promise.all([...live.values()].map(({ name }) => byHand.end(name)));
      await byHand.forget(built);
    },
  };
}

async function startNginx(folder: string, port: number): Promise<Nginx> {
  const program = await findProgram('nginx');
  if (!program)
    throw new Error('This benchmark compares with Nginx: install it (on Debian `apt-get install nginx-light`).');
  await mkdir(path.join(folder, 'routes'), { recursive: true });
  await writeFile(path.join(folder, 'nginx.conf'), nginxConf(folder, port));
  const process = spawn(program, ['-p', folder, '-c', 'nginx.conf', '-g', 'daemon off;'], { stdio: 'ignore' });
  await visitUntil(`http://127.0.0.1:${port}/`, ({ status }) => status === 404);
  return { folder, port, process };
}

/** One server block an app, as a deploy script would write it. */
async function pointTo(nginx: Nginx, app: string, port: number): Promise<void> {
  const file = path.join(nginx.folder, 'routes', `${app}.conf`);
  const block = `server { listen 127.0.0.1:${nginx.port}; server_name ${app}.localhost; location / { proxy_pass http://127.0.0.1:${port}; } }\n`;
  await writeFile(`${file}.new`, block);
  await rename(`${file}.new`, file);
  nginx.process.kill('SIGHUP');
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
