import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { explain } from '@apployd/backplane/process/explain';
import { Apployd } from '@apployd/sdk/node';
import { repositoryRoot } from '../rooms.js';
import { startPlatform, type Platform } from '../start-platform.js';
import { demo } from './demo.js';
import { say } from './say.js';

const usage = 'npm run demo -- [--keep] [--runtime auto|docker|process]';

/** `npm run demo`: the whole platform on the embedded default, in a folder that is removed afterwards. */
async function main(): Promise<number> {
  const { keep, runtime } = readArguments();
  const began = performance.now();
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ending.abort(new Error('ended')));

  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'apployd-demo-')));
  await chmod(folder, 0o711);
  try {
    const platform = await start(folder, runtime, ending.signal);
    try {
      const failed = await show(platform, folder);
      console.log(`Took ${((performance.now() - began) / 1000).toFixed(1)} s, the start of the platform included.`);
      if (keep) await keepRunning(platform, ending.signal);
      return failed === 0 ? 0 : 1;
    } finally {
      await platform.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(folder: string, runtime: string, signal: AbortSignal): Promise<Platform> {
  say('Starting the platform: embedded PostgreSQL, server, engine, edge');
  const repositories = path.join(folder, 'repositories');
  await mkdir(repositories, { mode: 0o755 });
  return startPlatform({
    signal,
    onOutput: tellRuntime,
    env: {
      APPLOYD_DATA: path.join(folder, 'data'),
      APPLOYD_GIT_LOCAL_ROOT: repositories,
      ENGINE_RUNTIME: runtime,
      ENGINE_DISPOSABLE: 'true',
      ENGINE_DRAIN_MS: '1000',
      SERVER_PORT: '0',
      EDGE_PORT: '0',
      LOG_FORMAT: 'json',
    },
  });
}

async function show(platform: Platform, folder: string): Promise<number> {
  const apployd = new Apployd({ url: platform.urls.server });
  const example = path.join(repositoryRoot(), 'examples', 'hello-node');
  const { failed } = await demo({ apployd, example, folder: path.join(folder, 'repositories') });
  return failed;
}

/** Passes on which runtime was chosen and why, and whatever went wrong. */
function tellRuntime(room: string, line: string): void {
  const { level, msg } = parse(line);
  if (/^releases run in the/.test(msg)) console.log(`  ${msg[0]?.toUpperCase()}${msg.slice(1)}`);
  else if (level >= 50) console.error(`  ${room}: ${line}`);
}

function parse(line: string): { readonly level: number; readonly msg: string } {
  try {
    const { level = 0, msg = '' } = JSON.parse(line) as { level?: number; msg?: string };
    return { level, msg };
  } catch {
    return { level: 0, msg: line };
  }
}

async function keepRunning({ urls }: Platform, signal: AbortSignal): Promise<void> {
  say(`Still running: the platform at ${urls.public}, its API at ${urls.server}/graphql. Ctrl-C ends it.`);
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function readArguments(): { readonly keep: boolean; readonly runtime: string } {
  const { values } = parseArgs({
    options: { keep: { type: 'boolean', default: false }, runtime: { type: 'string', default: 'auto' } },
  });
  if (!['auto', 'docker', 'process'].includes(values.runtime)) throw new Error(usage);
  return values;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`demo: ${explain(error)}`);
    process.exit(1);
  },
);
