import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { explain } from '@apployd/backplane/process/explain';
import { Apployd } from '@apployd/sdk/node';
import { repositoryRoot } from '../rooms.js';
import { startPlatform, type Platform } from '../start-platform.js';
import { temporaryFolder } from '../temporary-folder.js';
import { demo, type DemoResult } from './demo.js';
import { say } from './say.js';

const usage = 'npm run demo -- [--keep] [--runtime auto|docker|process]';

/** `npm run demo`: the whole platform on the embedded default, in a folder that is removed afterwards. */
async function main(): Promise<number> {
  const { keep, runtime } = readArguments();
  const began = performance.now();
  const { signal, hurry } = endSignals();

  const folder = await realpath(await mkdtemp(path.join(await temporaryFolder(), 'apployd-demo-')));
  await chmod(folder, 0o711);
  try {
    const platform = await start(folder, runtime, { signal, hurry });
    try {
      const result = await show(platform, folder, signal);
      console.log(`Took ${((performance.now() - began) / 1000).toFixed(1)} s, the start of the platform included.`);
      if (keep) await keepRunning(platform, result, signal);
      return result.failed === 0 ? 0 : 1;
    } finally {
      await platform.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first Ctrl-C ends the demo, the second does not wait for what is still ending. */
function endSignals() {
  const ending = new AbortController();
  const hurry = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending.signal.aborted) hurry.abort();
      ending.abort(new Error('ended'));
    });
  }
  return { signal: ending.signal, hurry: hurry.signal };
}

type Signals = ReturnType<typeof endSignals>;

async function start(folder: string, runtime: string, signals: Signals): Promise<Platform> {
  say('Starting the platform: embedded PostgreSQL, server, engine, edge');
  const repositories = path.join(folder, 'repositories');
  await mkdir(repositories, { mode: 0o755 });
  return startPlatform({
    ...signals,
    onOutput: tellRuntime,
    env: {
      ...notOfTheShell,
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

/** A demo stands alone: empty counts as absent. */
const notOfTheShell = {
  DATABASE_URL: '',
  REDIS_URL: '',
  APPLOYD_SECRET: '',
  APPLOYD_BASE_DOMAIN: '',
  APPLOYD_PUBLIC_URL: '',
  APPLOYD_SERVER_URL: '',
};

function show(platform: Platform, folder: string, signal: AbortSignal): Promise<DemoResult> {
  const apployd = new Apployd({ url: platform.urls.server });
  const example = path.join(repositoryRoot(), 'examples', 'hello-node');
  return demo({ apployd, example, folder: path.join(folder, 'repositories'), signal });
}

const notIsolated = 'It does not isolate apps: it is for code you trust; use Docker for anything else.';

/** Passes on which runtime was chosen and why, and whatever went wrong. */
function tellRuntime(room: string, line: string): void {
  const { level, msg } = parse(line);
  if (/^releases run in the/.test(msg)) console.log(`  ${msg[0]?.toUpperCase()}${msg.slice(1)}`);
  if (/^releases run in the process runtime/.test(msg)) console.log(`  ${notIsolated}`);
  if (level >= 50) console.error(`  ${room}: ${line}`);
}

function parse(line: string): { readonly level: number; readonly msg: string } {
  try {
    const { level = 0, msg = '' } = JSON.parse(line) as { level?: number; msg?: string };
    return { level, msg };
  } catch {
    return { level: 0, msg: line };
  }
}

async function keepRunning({ urls }: Platform, result: DemoResult, signal: AbortSignal): Promise<void> {
  say(`Still running: the platform at ${urls.public}, its API at ${urls.server}/graphql. Ctrl-C ends it.`);
  console.log(`  The app  ${result.url}\n  E-mail   ${result.email}\n  Password ${result.password}`);
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
