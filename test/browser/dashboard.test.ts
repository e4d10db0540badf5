import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anApp } from '../system/sample-app.js';
import { isLeftOut } from '../without.js';
import { ada, aFront, type Front } from './a-front.js';
import { findings } from './axe.js';
import { desktop, openBrowser, phone, type Visitor } from './chromium.js';
import { open, screens, settled, signIn } from './screens.js';

describe.skipIf(isLeftOut('browser'))('the dashboard', () => {
  let front: Front;
  let visitor: Visitor;
  let page: Page;
  const asked: string[] = [];
  const broken: string[] = [];

  beforeAll(async () => {
    front = await aFront();
    visitor = await openBrowser();
    page = visitor.context.pages()[0] ?? (await visitor.context.newPage());
    page.on('pageerror', ({ message }) => broken.push(message));
    page.on('console', (message) => {
      if (/Content Security Policy|React error/.test(message.text())) broken.push(message.text());
    });
    page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  }, 120_000);
  afterAll(async () => {
    await visitor?.close();
    await front?.close();
  }, 60_000);

  const status = (word: string) => page.locator('h1 + span', { hasText: word }).first().waitFor({ timeout: 60_000 });
  const bodyOf = async (url: string) => {
    const other = await visitor.context.newPage();
    await open(other, url);
    const text = await other.locator('body').innerText();
    await other.close();
    return text;
  };
  const startProject = async (name: string) => {
    await open(page, `${front.url}/`);
    await page.getByRole('link', { name: 'New project' }).first().click();
    await page.getByLabel('Repository').fill(front.repository.url);
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
  };

  test('leads from signing up to a live URL, and asks for no GraphQL over HTTP', { timeout: 120_000 }, async () => {
    await front.repository.commit('main', anApp('one'));
    await open(page, front.url);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('Your name').fill('Grace');
    await page.getByLabel('Email').fill('grace@example.com');
    await page.getByLabel('Password').fill('a password of some length');
    await page.getByLabel('Organization').fill('Navy Yard');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Deploy your first repository' }).waitFor();
    await startProject('shop');
    await status('Ready');
    const url = await page.getByRole('link', { name: 'Visit' }).getAttribute('href');
    expect(await bodyOf(url ?? '')).toBe('one');
    await page.getByText(/Live at http/).waitFor();
    expect(asked.filter((request) => request.endsWith('/graphql'))).toEqual([]);
  });

  test('says which field is wrong, and keeps what was typed', { timeout: 60_000 }, async () => {
    await open(page, `${front.url}/navy-yard/new`);
    await page.getByLabel('Repository').fill('not an address');
    await page.getByLabel('Folder').fill('apps/web');
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.getByRole('alert').waitFor();
    const field = page.getByLabel('Repository');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.inputValue()).toBe('not an address');
    expect(await page.getByLabel('Folder').inputValue()).toBe('apps/web');
  });

  test('shows why a build failed, and its repair going live', { timeout: 180_000 }, async () => {
    const app = anApp('never', 'listen();', {
      build: 'node -e "console.log(\'error: no luck today\'); process.exit(3)"',
    });
    await front.repository.commit('main', app);
    await startProject('repair');
    await status('Failed');
    await page.getByRole('heading', { name: 'Failed in the build' }).waitFor();
    expect(await page.getByLabel('Last lines of the log').innerText()).toContain('error: no luck today');
    await page.getByText('BUILD_ERROR').waitFor();
    await front.repository.commit('main', anApp('repaired'));
    await page.getByRole('button', { name: 'Redeploy' }).click();
    await page.waitForURL(/deployments\/2$/);
    await status('Ready');
    const url = await page.getByRole('link', { name: 'Visit' }).getAttribute('href');
    expect(await bodyOf(url ?? '')).toBe('repaired');
  });

  test('brings an earlier release back', { timeout: 180_000 }, async () => {
    await front.repository.commit('main', anApp('two'));
    await open(page, `${front.url}/navy-yard/shop`);
    await page.getByRole('button', { name: 'Redeploy' }).click();
    await page.waitForURL(/deployments\/2$/);
    await status('Ready');
    const url = (await page.getByRole('link', { name: 'Visit' }).getAttribute('href')) ?? '';
    expect(await bodyOf(url)).toBe('two');
    await page.getByRole('button', { name: 'Roll back to 1' }).click();
    await page.getByRole('dialog', { name: 'Roll back to 1?' }).getByRole('button', { name: 'Roll back' }).click();
    await page.waitForURL(/deployments\/3$/);
    await status('Ready');
    await page.getByText('Deployment 3 serves all traffic.').waitFor();
    expect(await bodyOf(url)).toBe('one');
  });

  test('sets variables that the next deployment has', { timeout: 120_000 }, async () => {
    await open(page, `${front.url}/navy-yard/shop/variables`);
    await page.getByLabel('Key of variable 1').fill('GREETING');
    await page.getByLabel('Value of variable 1').fill('hello');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('GREETING saved.').waitFor();
    await front.repository.commit(
      'main',
      anApp('x', 'listen(process.env.PORT, (q, r) => r.end(process.env.GREETING));'),
    );
    await page.getByRole('button', { name: 'Deploy now' }).click();
    await page.waitForURL(/deployments\/4$/);
    await status('Ready');
    const url = await page.getByRole('link', { name: 'Visit' }).getAttribute('href');
    expect(await bodyOf(url ?? '')).toBe('hello');
  });

  test('cancels what is under way', { timeout: 120_000 }, async () => {
    await front.repository.commit(
      'main',
      anApp('never', 'listen();', { build: 'node -e "setTimeout(() => {}, 600000)"' }),
    );
    await open(page, `${front.url}/navy-yard/shop`);
    await page.getByRole('button', { name: 'Redeploy' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await status('Canceled');
  });

  test('moves a slice of the pool by key, and applies it', { timeout: 60_000 }, async () => {
    await open(page, `${front.url}/navy-yard/pool`);
    await settled(page);
    const before = await page.getByLabel('Memory for shop', { exact: true }).inputValue();
    await page.getByRole('slider', { name: 'Divide shop from' }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('button', { name: 'Apply' }).waitFor({ state: 'detached' });
    await page.reload();
    const after = await page.getByLabel('Memory for shop', { exact: true }).inputValue();
    expect(Number(before) - Number(after)).toBe(64 * 1024 ** 2);
  });

  test('misses no line of a log when the network is lost for ten seconds', { timeout: 180_000 }, async () => {
    const count = 400;
    const script = `let n = 0; const t = setInterval(() => { console.log('line ' + ++n); if (n === ${count}) clearInterval(t); }, 50)`;
    await front.repository.commit('main', anApp('lines', 'listen();', { build: `node -e "${script}"` }));
    await startProject('lines');
    await page.getByText('line 40', { exact: true }).waitFor({ timeout: 60_000 });
    front.network.cut();
    await page.getByText('Reconnecting', { exact: true }).waitFor();
    await sleep(10_000);
    front.network.restore();
    await page.getByText('Reconnecting', { exact: true }).waitFor({ state: 'detached' });
    await status('Ready');
    await page.getByText(/Live at http/).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download log' }).click(),
    ]);
    const text = await readFile((await download.path()) ?? '', 'utf8');
    const numbers = [...text.matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  });

  test('lets in and shows the way without scripts', { timeout: 60_000 }, async () => {
    const plain = await visitor.context.browser()?.newContext({ javaScriptEnabled: false });
    const reader = plain ? await plain.newPage() : null;
    expect(reader).not.toBeNull();
    await signIn(reader!, front.url, { email: 'grace@example.com', password: 'a password of some length' });
    await reader!.getByRole('link', { name: 'shop' }).first().click();
    await reader!.getByRole('heading', { name: 'shop' }).waitFor();
    await plain?.close();
  });

  test.each([
    ['light', desktop],
    ['dark', desktop],
    ['light', phone],
    ['dark', phone],
  ] as const)('has no finding of axe on any page, %s at %o', { timeout: 180_000 }, async (scheme, screen) => {
    const reader = await openBrowser({ ...screen, scheme });
    const tab = reader.context.pages()[0] ?? (await reader.context.newPage());
    const all = screens('navy-yard', 'repair', 1, 2);
    const found: string[] = [];
    const look = async (path: string) => {
      await open(tab, front.url + path);
      await settled(tab);
      found.push(...(await findings(tab)).map((finding) => `${path} ${finding}`));
    };
    for (const { path } of all.filter(({ isOpen }) => isOpen)) await look(path);
    await signIn(tab, front.url, { email: 'grace@example.com', password: 'a password of some length' });
    for (const { path } of all.filter(({ isOpen }) => !isOpen)) await look(path);
    await reader.close();
    expect(found).toEqual([]);
  });

  test('breaks no rule of its own, and hydrates what the server has drawn', () => {
    expect(broken).toEqual([]);
  });

  test('shows nobody what belongs to others', { timeout: 60_000 }, async () => {
    const stranger = await openBrowser();
    const tab = stranger.context.pages()[0] ?? (await stranger.context.newPage());
    await open(tab, `${front.url}/navy-yard/shop`);
    await tab.waitForURL(/\/login\?to=/);
    await signIn(tab, front.url, ada);
    expect(await open(tab, `${front.url}/navy-yard`)).toBe(404);
    await stranger.close();
  });
});
