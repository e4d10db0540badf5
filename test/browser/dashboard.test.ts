import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anApp } from '../system/sample-app.js';
import { isLeftOut } from '../without.js';
import { ada, aFront, type Front } from './a-front.js';
import { findings } from './axe.js';
import { bodyAt, statusIs } from './at-a-page.js';
import { desktop, openBrowser, type Visitor } from './chromium.js';
import { open, settled, signIn } from './screens.js';

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

  const status = (word: string) => statusIs(page, word);
  const bodyOf = (url: string) => bodyAt(visitor.context, url);
  /** The network is back afterwards, whatever happens: other tests want it. */
  const whileLost = async (act: () => Promise<void>) => {
    front.network.cut();
    await act().finally(() => front.network.restore());
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
    const url = await page.getByRole('link', { name: 'Visit', exact: true }).getAttribute('href');
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
    await page.getByRole('alert').getByText('Details').click();
    await page.getByText(/Code VALIDATION/).waitFor();
    await page.getByText(/Request [0-9a-f-]{36}/).waitFor();
  });

  test('shows why a build failed, and its repair going live', { timeout: 180_000 }, async () => {
    const app = anApp('never', 'listen();', {
      build: 'node -e "console.log(\'error: no luck today\'); process.exit(3)"',
    });
    await front.repository.commit('main', app);
    await startProject('repair');
    await status('Failed');
    await page.getByRole('heading', { name: 'Failed in the build' }).waitFor();
    await page.getByLabel('Last lines of the log').filter({ hasText: 'error: no luck today' }).waitFor();
    await page.getByText('BUILD_ERROR').waitFor();
    await front.repository.commit('main', anApp('repaired'));
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.waitForURL(/deployments\/2$/);
    await status('Ready');
    const url = await page.getByRole('link', { name: 'Visit', exact: true }).getAttribute('href');
    expect(await bodyOf(url ?? '')).toBe('repaired');
  });

  test('brings an earlier release back', { timeout: 180_000 }, async () => {
    await front.repository.commit('main', anApp('two'));
    await open(page, `${front.url}/navy-yard/shop`);
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.waitForURL(/deployments\/2$/);
    await status('Ready');
    const url = (await page.getByRole('link', { name: 'Visit', exact: true }).getAttribute('href')) ?? '';
    // The page may still have shown the state of the deployment before.
    await expect.poll(() => bodyOf(url), { timeout: 30_000 }).toBe('two');
    await page.getByRole('button', { name: 'Roll back to 1' }).click();
    await page.getByRole('dialog', { name: 'Roll back to 1?' }).getByRole('button', { name: 'Roll back' }).click();
    await page.waitForURL(/deployments\/3$/);
    await status('Ready');
    await page.getByText('Deployment 3 serves all traffic.').waitFor();
    expect(await bodyOf(url)).toBe('one');
  });

  test('tries a release in staging, and promotes it to production', { timeout: 180_000 }, async () => {
    await front.repository.commit('main', anApp('tried'));
    await open(page, `${front.url}/navy-yard/shop`);
    await settled(page);
    const url = (await page.getByRole('link', { name: 'Visit', exact: true }).getAttribute('href')) ?? '';
    await page.getByRole('link', { name: 'Environment: production' }).click();
    await page.getByRole('menuitem', { name: 'All environments' }).click();
    await page.getByRole('button', { name: 'Make environment' }).click();
    await page.waitForURL(/shop\/environments\/staging$/);
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.waitForURL(/environments\/staging\/deployments\/4$/);
    await status('Ready');
    const staged = (await page.getByRole('link', { name: 'Visit', exact: true }).getAttribute('href')) ?? '';
    expect(staged).not.toBe(url);
    await expect.poll(() => bodyOf(staged), { timeout: 30_000 }).toBe('tried');
    expect(await bodyOf(url)).toBe('one');
    await page.getByRole('button', { name: 'Promote to production' }).click();
    const dialog = page.getByRole('dialog', { name: 'Promote 4 to production?' });
    await dialog.getByText('without a build').waitFor();
    expect(await findings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Promote' }).click();
    await page.waitForURL(/shop\/deployments\/5$/);
    await status('Ready');
    await expect.poll(() => bodyOf(url), { timeout: 30_000 }).toBe('tried');
    expect(await bodyOf(staged)).toBe('tried');
    await open(page, `${front.url}/navy-yard/shop/environments/staging/settings`);
    await settled(page);
    await page.getByLabel('Type staging to confirm').fill('staging');
    await page.getByRole('button', { name: 'Delete environment' }).click();
    await page.getByText('The environment staging was deleted.').waitFor();
    await expect.poll(() => bodyOf(staged), { timeout: 30_000 }).not.toBe('tried');
    expect(await bodyOf(url)).toBe('tried');
  });

  test('sets variables that the next deployment has', { timeout: 120_000 }, async () => {
    await open(page, `${front.url}/navy-yard/shop/variables`);
    await page.getByLabel('Key of variable 1').fill('GREETING');
    await page.getByRole('checkbox', { name: 'Secret' }).first().uncheck();
    await page.getByLabel('Value of variable 1').fill('hello');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('GREETING saved.').waitFor();
    await front.repository.commit(
      'main',
      anApp('x', 'listen(process.env.PORT, (q, r) => r.end(process.env.GREETING));'),
    );
    await page.getByRole('button', { name: 'Deploy now' }).click();
    await page.waitForURL(/deployments\/6$/);
    await status('Ready');
    const url = await page.getByRole('link', { name: 'Visit', exact: true }).getAttribute('href');
    // The page may still have shown the state of the deployment before.
    await expect.poll(() => bodyOf(url ?? ''), { timeout: 30_000 }).toBe('hello');
  });

  test(
    'puts back what was removed, and asks before a secret goes that nobody could put back',
    { timeout: 90_000 },
    async () => {
      await open(page, `${front.url}/navy-yard/shop/variables`);
      await settled(page);
      await page.getByRole('button', { name: 'Remove GREETING' }).click();
      await page.getByRole('button', { name: 'Remove GREETING' }).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('GREETING saved.').waitFor();
      await page.getByText('hello', { exact: true }).waitFor();
      await page.getByLabel('Key of variable 1').fill('STRIPE_KEY');
      await page.getByLabel('Value of variable 1').fill('sk_live');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: 'Remove STRIPE_KEY' }).click();
      await page.getByRole('dialog', { name: 'Remove STRIPE_KEY?' }).getByRole('button', { name: 'Remove' }).click();
      await page.getByText('STRIPE_KEY removed.').first().waitFor();
      expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    },
  );

  test('cancels what is under way', { timeout: 120_000 }, async () => {
    await front.repository.commit(
      'main',
      anApp('never', 'listen();', { build: 'node -e "setTimeout(() => {}, 600000)"' }),
    );
    await open(page, `${front.url}/navy-yard/shop`);
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
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

  test('takes a division of the pool back', { timeout: 60_000 }, async () => {
    await open(page, `${front.url}/navy-yard/pool`);
    await settled(page);
    const memory = page.getByLabel('Memory for shop', { exact: true });
    const before = await memory.inputValue();
    await memory.focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('The pool is divided as before.').waitFor();
    await page.reload();
    expect(await memory.inputValue()).toBe(before);
  });

  test('says who was quicker with the pool, and keeps what was edited here', { timeout: 90_000 }, async () => {
    const other = await visitor.context.newPage();
    for (const tab of [page, other]) {
      await open(tab, `${front.url}/navy-yard/pool`);
      await settled(tab);
    }
    await other.getByLabel('Memory for repair', { exact: true }).focus();
    await other.keyboard.press('ArrowLeft');
    await other.getByRole('button', { name: 'Apply' }).click();
    await other.getByRole('button', { name: 'Undo' }).waitFor();
    await other.close();
    await page.getByLabel('Memory for shop', { exact: true }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText(/Grace changed repair to/).waitFor();
    await page.getByText('1 change.').waitFor();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('button', { name: 'Apply' }).waitFor({ state: 'detached' });
  });

  test('brings earlier lines of an app when the reader wants them', { timeout: 180_000 }, async () => {
    const chatty = `for (let n = 1; n <= 900; n += 1) console.log('said ' + n); listen();`;
    await front.repository.commit('main', anApp('chatty', chatty));
    await startProject('chatty');
    await status('Ready');
    await open(page, `${front.url}/navy-yard/chatty/logs`);
    await settled(page);
    await page.getByText('listening', { exact: true }).waitFor();
    const log = page.getByRole('log');
    await log.focus();
    await page.keyboard.press('Home');
    await expect
      .poll(
        async () => {
          await log.evaluate((node) => node.scrollTo({ top: 0 }));
          return page.getByText('said 1', { exact: true }).count();
        },
        { timeout: 30_000 },
      )
      .toBe(1);
    const numbers = await log
      .locator('[data-sequence]')
      .evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset.sequence)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test(
    'writes times by the clock of the reader, from the second page on by the server too',
    { timeout: 60_000 },
    async () => {
      const reader = await openBrowser({ ...desktop, zone: 'Asia/Tokyo' });
      const tab = reader.context.pages()[0] ?? (await reader.context.newPage());
      await signIn(tab, front.url, { email: 'grace@example.com', password: 'a password of some length' });
      const path = `${front.url}/navy-yard/chatty/logs`;
      const written = async () =>
        /(\d\d):\d\d:\d\d\.\d{3}(Z?)/.exec(await (await reader.context.request.get(path)).text());
      const [, hour, isUtc] = (await written()) ?? [];
      expect(isUtc).toBe('');
      await reader.context.clearCookies({ name: 'zone' });
      const [, utcHour, isUtcNow] = (await written()) ?? [];
      expect(isUtcNow).toBe('Z');
      expect(Number(hour)).toBe((Number(utcHour) + 9) % 24);
      await reader.close();
    },
  );

  test('misses no line of a log when the network is lost for ten seconds', { timeout: 180_000 }, async () => {
    const count = 400;
    const script = `let n = 0; const t = setInterval(() => { console.log('line ' + ++n); if (n === ${count}) clearInterval(t); }, 50)`;
    await front.repository.commit('main', anApp('lines', 'listen();', { build: `node -e "${script}"` }));
    await startProject('lines');
    // Any of them: each is in sight for a second.
    await page
      .getByText(/^line \d{2,}$/)
      .first()
      .waitFor({ timeout: 60_000 });
    await whileLost(async () => {
      await page.getByText('Reconnecting', { exact: true }).waitFor();
      await sleep(10_000);
    });
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

  test('shows a page that was out of reach as soon as the network is back', { timeout: 120_000 }, async () => {
    const goTo = (name: string) => page.getByRole('link', { name, exact: true }).click();
    await open(page, `${front.url}/navy-yard/lines/activity`);
    await settled(page);
    await goTo('Deployments');
    await page.waitForURL(/\/deployments$/);
    await whileLost(async () => {
      await goTo('Activity');
      await page.getByRole('heading', { name: 'The dashboard is out of reach' }).waitFor();
    });
    await page.getByRole('heading', { name: 'The dashboard is out of reach' }).waitFor({ state: 'detached' });
    await page.getByRole('list', { name: 'What happened, the newest first' }).waitFor();
  });

  test('says at once that a form was not received, and that nothing is saved', { timeout: 120_000 }, async () => {
    await open(page, `${front.url}/navy-yard/lines/settings`);
    await settled(page);
    await page.getByLabel('Name', { exact: true }).fill('Rows');
    await whileLost(async () => {
      await page.getByRole('button', { name: 'Save Project' }).click();
      await page.getByRole('heading', { name: 'The dashboard is out of reach' }).waitFor();
    });
    await page.getByRole('heading', { name: 'The dashboard is out of reach' }).waitFor({ state: 'detached' });
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('lines');
    expect(await page.getByText('Saved.').count()).toBe(0);
  });

  test('keeps the page when the network breaks in the middle of a look for news', { timeout: 120_000 }, async () => {
    await open(page, `${front.url}/navy-yard/lines/deployments`);
    await settled(page);
    const list = page.getByRole('heading', { level: 1 });
    await list.evaluate((heading) => heading.setAttribute('data-is-kept', ''));
    // Who comes back to a tab looks for news, but not within seconds of the last time.
    await sleep(5_500);
    const news = (url: URL) => url.pathname.endsWith('.data');
    await page.route(news, (route) => route.abort('connectionreset'), { times: 1 });
    const answered = page.waitForResponse((response) => news(new URL(response.url())));
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    expect((await answered).status()).toBe(200);
    await settled(page);
    expect(await list.getAttribute('data-is-kept')).toBe('');
  });

  test('changes the settings of a project, deletes it, and brings it back', { timeout: 180_000 }, async () => {
    await open(page, `${front.url}/navy-yard/repair/settings`);
    await settled(page);
    const url = (await page.getByRole('link', { name: 'Visit', exact: true }).getAttribute('href')) ?? '';
    await page.getByLabel('Name', { exact: true }).fill('Repairs');
    await page.getByRole('button', { name: 'Save Project' }).click();
    await page.getByRole('heading', { name: 'Repairs', level: 1 }).waitFor();
    await page.getByLabel('Port').fill('0');
    await page.getByRole('button', { name: 'Save Build and start' }).click();
    await page.getByRole('alert').getByText('The port is a whole number').waitFor();
    await expect.poll(() => page.getByLabel('Port').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Port').fill('');
    await page.getByLabel('Start command').fill('node server.js');
    await page.getByLabel('Output directory').fill('dist');
    await page.getByRole('button', { name: 'Save Build and start' }).click();
    await page.getByRole('alert').getByText('clear one of them').waitFor();
    await page.getByLabel('Build command').fill('npm run build:web -- --title "it\'s"');
    await page.getByLabel('Output directory').fill('');
    await page.getByRole('button', { name: 'Save Build and start' }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByLabel('Healthy is when').selectOption('COMMAND');
    await page.getByRole('button', { name: 'Save Health check' }).click();
    await page.getByRole('alert').getByText('needs a health check command').waitFor();
    await page.getByLabel('Health check command').fill(`node -e "process.exit(0)"`);
    await page.getByRole('button', { name: 'Save Health check' }).click();
    await page.getByText('Saved.').waitFor();
    // The form is drawn anew once the page's loader has looked again.
    await expect.poll(() => page.getByLabel('Health check command').inputValue()).toBe(`node -e 'process.exit(0)'`);
    await page.getByLabel('Instances', { exact: true }).fill('2');
    await page.getByRole('button', { name: 'Save Resources' }).click();
    await page.getByText(/^Saved\. What runs gets it where it is/).waitFor();
    await expect.poll(() => page.getByLabel('Instances', { exact: true }).inputValue()).toBe('2');
    await page.getByLabel('Type repair to confirm').fill('shop');
    await page.getByRole('button', { name: 'Delete project' }).click();
    await page.getByRole('alert').getByText('letter for letter').waitFor();
    await page.getByLabel('Type repair to confirm').fill('repair');
    await page.getByRole('button', { name: 'Delete project' }).click();
    await page.getByText('This project was deleted.').waitFor();
    expect(await findings(page)).toEqual([]);
    await expect.poll(() => bodyOf(url), { timeout: 30_000 }).not.toBe('repaired');
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('The project was restored.').waitFor();
    await expect.poll(() => bodyOf(url), { timeout: 60_000 }).toBe('repaired');
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

  test(
    'shows at once what others do, in a project too that the page has never heard of',
    { timeout: 120_000 },
    async () => {
      const { apployd } = front.platform;
      const [organization] = (await apployd.account.viewer()).organizations.nodes;
      const reader = await openBrowser();
      const tab = reader.context.pages()[0] ?? (await reader.context.newPage());
      await signIn(tab, front.url, ada);
      await tab.getByRole('heading', { name: 'Deploy your first repository' }).waitFor();
      await front.repository.commit('main', anApp('elsewhere'));
      const { productionEnvironment } = await apployd.projects.create({
        ...{ organizationId: organization?.id ?? '', name: 'Elsewhere', repositoryUrl: front.repository.url },
        resources: { memoryBytes: 256 * 1024 ** 2, cpuMillicores: 250, bandwidthBytesPerMonth: 1024 ** 3 },
      });
      const row = tab.getByRole('listitem').filter({ has: tab.getByRole('link', { name: 'elsewhere', exact: true }) });
      await row.getByText('Nothing deployed yet').waitFor();
      const deployment = await apployd.deployments.create({ environmentId: productionEnvironment.id });
      await deployment.wait();
      await row.getByText('Ready', { exact: true }).filter({ visible: true }).waitFor();
      await apployd.environments.stop(productionEnvironment.id);
      await row.getByText('Stopped', { exact: true }).filter({ visible: true }).waitFor();
      await reader.close();
    },
  );
});
