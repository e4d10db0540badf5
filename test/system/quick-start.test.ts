import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '@apployd/backplane/testing/free-port';
import { temporaryFolder } from '@apployd/launch/temporary-folder';
import { openBrowser } from '../browser/chromium.js';
import { open } from '../browser/screens.js';
import { endProcessesOf } from '../leftovers.js';
import { partOf, readPage, runnable } from '../page.js';
import { isLeftOut } from '../without.js';
import { visit } from './visitors.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const address = 'http://localhost:8080';
let text: string;
let home: string;
let platform: ChildProcess;
let url: string;

/** The page is followed from its top to its end: each test goes on where the one before it was. */
beforeAll(async () => {
  text = await readPage('quick-start.md');
  home = await realpath(await mkdtemp(path.join(await temporaryFolder(), 'apployd-quick-start-')));
  await chmod(home, 0o711);
  await shell('An app to deploy');
  url = await startPlatform(commandsOf('Start the platform'));
}, 180_000);

afterAll(async () => {
  if (platform?.pid && platform.exitCode === null) {
    const closed = once(platform, 'close');
    // As Ctrl-C in a terminal: npm, its shell and the launcher hear it alike.
    process.kill(-platform.pid, 'SIGINT');
    await closed;
  }
  await endProcessesOf(path.basename(home));
  await rm(home, { recursive: true, force: true });
}, 60_000);

describe.skipIf(isLeftOut('browser'))('by dashboard', () => {
  test(
    'the buttons and fields that the page names lead to a live app, a second release and back',
    {
      timeout: 180_000,
    },
    async () => {
      const visitor = await openBrowser();
      const page = visitor.context.pages()[0] ?? (await visitor.context.newPage());
      const used = new Set<string>();
      const use = (name: string) => used.add(name) && name;
      const field = (name: string, value: string) => page.getByLabel(use(name), { exact: true }).fill(value);
      const button = (name: string) => page.getByRole('button', { name: use(name), exact: true }).click();
      const link = (name: string) => page.getByRole('link', { name: use(name), exact: true }).first();
      const ready = async (number: number) => {
        await page.waitForURL(new RegExp(`/deployments/${number}$`));
        // The address changes a moment before the page does: the one before was ready too.
        await page.getByText(`Deployment ${number} serves all traffic.`).waitFor({ timeout: 60_000 });
        return visit((await link('Visit').getAttribute('href')) ?? '');
      };
      try {
        await open(page, url);
        await link('Create an account').click();
        await field('Your name', 'Ada');
        await field('Email', 'ada@example.com');
        await field('Password', 'correct horse battery');
        await field('Organization', 'Analytical Engines');
        await button('Create account');
        await link('New project').click();
        await field('Repository', `file://${home}/repositories/hello`);
        await field('Name', 'Hello');
        await button('Deploy');
        expect(await ready(1)).toEqual({ status: 200, body: 'Hello from Apployd\n' });
        await shell('By dashboard');
        await button('Deploy');
        expect(await ready(2)).toEqual({ status: 200, body: 'Hello again\n' });
        await button('Roll back to 1');
        await button('Roll back');
        expect(await ready(3)).toEqual({ status: 200, body: 'Hello from Apployd\n' });
        expect(used).toEqual(new Set(wordsOf('By dashboard')));
      } finally {
        await visitor.close();
      }
    },
  );
});

describe('by SDK', () => {
  const sample = (number: number) => samplesOf('By SDK')[number] ?? '';

  test('the first sample deploys, shows the log and ends with a live URL', { timeout: 120_000 }, async () => {
    const lines = await node(sample(0));
    expect(lines).toContain('Healthy');
    expect((await visit(lines.at(-1) ?? '')).body).toMatch(/^Hello (from Apployd|again)\n$/);
  });

  test('the second deploys what was changed, and goes back', { timeout: 120_000 }, async () => {
    await shell('By SDK');
    expect(await node(sample(1))).toEqual(['Deployment 2 is READY']);
    const { port } = new URL(url);
    const { body } = await visit(`http://hello-navy-yard.localhost:${port}/`);
    expect(body).toMatch(/^Hello (from Apployd|again)\n$/);
  });

  test('the third deploys a folder', { timeout: 120_000 }, async () => {
    const [site = ''] = await node(sample(2));
    expect((await visit(site)).body).toContain('<html');
  });
});

const section = (title: string) => partOf(text, `## ${title}`);
const commandsOf = (title: string) => runnable(section(title), 'sh').join('\n');
const samplesOf = (title: string) => runnable(section(title), 'ts').map((sample) => sample.replaceAll(address, url));
const wordsOf = (title: string) => [...section(title).matchAll(/\*\*(.+?)\*\*/g)].map(([, word = '']) => word);

const run = promisify(execFile);

function environment(): NodeJS.ProcessEnv {
  const identity = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'Ada'],
    [`GIT_${role}_EMAIL`, 'ada@example.com'],
  ]);
  return { ...process.env, ...Object.fromEntries(identity), HOME: home };
}

async function shell(title: string): Promise<void> {
  await run('sh', ['-e', '-c', commandsOf(title)], { cwd: root, env: environment(), timeout: 30_000 });
}

async function node(sample: string): Promise<readonly string[]> {
  const options = { cwd: root, env: environment(), timeout: 100_000 };
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', sample], options);
  return stdout.trim().split('\n');
}

/** As the page says, but for `npm ci`, which would take this test's own packages away. Resolves with where it is ready. */
async function startPlatform(commands: string): Promise<string> {
  expect(commands).toMatch(/^npm ci\n.* npm start\n$/);
  const settings = {
    ...{ APPLOYD_DATA: path.join(home, 'data'), APPLOYD_POSTGRES_PORT: '0', SERVER_PORT: '0' },
    ...{ EDGE_PORT: String(await freePort()), ENGINE_RUNTIME: 'process', ENGINE_DISPOSABLE: 'true' },
    ...{ DATABASE_URL: '', REDIS_URL: '', APPLOYD_SECRET: '', APPLOYD_PUBLIC_URL: '', APPLOYD_BASE_DOMAIN: '' },
  };
  platform = spawn('sh', ['-c', `exec env ${commands.replace('npm ci\n', '').trim()}`], {
    cwd: root,
    env: { ...environment(), ...settings },
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  return new Promise((resolve, reject) => {
    platform.once('close', () => reject(new Error(`npm start ended:\n${printed}`)));
    platform.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const [, ready] = /Apployd is ready at (\S+)\n/.exec(printed) ?? [];
      if (ready) resolve(ready);
    });
  });
}
