import type { Page } from 'playwright-core';
import { within } from '@apployd/backplane/within';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anApp } from '../system/sample-app.js';
import { isLeftOut } from '../without.js';
import { ada, aFront, type Front } from './a-front.js';
import { findings } from './axe.js';
import { anInvitation } from './mails.js';
import { desktop, openBrowser, phone, type Screen, type Visitor } from './chromium.js';
import { furnish } from './furnish.js';
import { aMember, otherOrganizations } from './people.js';
import { callPalette, open, type ScreenAt, screens, settled, signIn } from './screens.js';

describe.skipIf(isLeftOut('browser'))('the dashboard is for everyone: it', () => {
  let front: Front;
  let pages: readonly ScreenAt[];

  beforeAll(async () => {
    front = await aFront();
    const organization = await furnish(front);
    pages = [
      ...screens(organization, 'storefront', 3, 2),
      { name: 'deployment-building', path: `/${organization}/worker/deployments/2` },
      { name: 'invitation', path: await anInvitation(front, 'grace@example.com'), isOpen: true },
    ];
  }, 300_000);
  afterAll(() => front?.close(), 60_000);

  /** Shows every page to `look`, as somebody with this screen sees it. */
  const onEveryPage = async (screen: Screen, look: (page: Page, name: string) => Promise<void>) => {
    const reader = await openBrowser(screen);
    const page = reader.context.pages()[0] ?? (await reader.context.newPage());
    const show = async ({ name, path, prepare }: ScreenAt) => {
      await open(page, front.url + path, prepare ? 'networkidle' : 'load');
      await settled(page);
      await prepare?.(page);
      await look(page, name);
    };
    const showInTime = (one: ScreenAt) => within(60_000, show(one), `The page ${one.name}`);
    for (const one of pages.filter(({ isOpen }) => isOpen)) await showInTime(one);
    await signIn(page, front.url, ada);
    for (const one of pages.filter(({ isOpen }) => !isOpen)) await showInTime(one);
    await reader.close();
  };

  const asAda = async (screen: Screen, work: (page: Page, visitor: Visitor) => Promise<void>) => {
    const visitor = await openBrowser(screen);
    const page = visitor.context.pages()[0] ?? (await visitor.context.newPage());
    await signIn(page, front.url, ada);
    await work(page, visitor);
    await visitor.close();
  };

  test.each([
    // At 200 % a window has half as many pixels of the page's own.
    ['a desktop, also at 200 %', desktop, desktop.width / 2],
    ['a phone, also one 320 pixels wide', phone, 320],
  ] as const)(
    'has no finding of axe on any page, light or dark, and scrolls none sideways, on %s',
    { timeout: 300_000 },
    async (_name, screen, narrow) => {
      const found: string[] = [];
      await onEveryPage(screen, async (page, name) => {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.waitForFunction(
            (is) => document.documentElement.matches('.dark') === (is === 'dark'),
            colorScheme,
            { polling: 50 },
          );
          await settled(page);
          found.push(
            ...(await findings(page, { colours: colorScheme === 'dark' })).map(
              (finding) => `${colorScheme} ${name} ${finding}`,
            ),
          );
        }
        const [left = 0, right = 0] = await page.evaluate(() => {
          const tab = document.querySelector('nav[aria-label=Project] [aria-current=page]')?.getBoundingClientRect();
          return tab ? [tab.left, tab.right] : [];
        });
        if (left < 0 || right > screen.width) found.push(`${name} does not show which tab is open`);
        for (const width of [screen.width, narrow]) {
          await page.setViewportSize({ width, height: screen.height });
          await settled(page);
          const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (over > 0) found.push(`${name} scrolls sideways by ${over} pixels of ${width}`);
        }
        await page.setViewportSize({ width: screen.width, height: screen.height });
      });
      expect(found).toEqual([]);
    },
  );

  test(
    'has no finding where nothing is yet, where nothing is left, and for who may only look',
    { timeout: 180_000 },
    async () => {
      const { empty, full } = await otherOrganizations(front);
      const found: string[] = [];
      const look = async (page: Page, paths: readonly string[]) => {
        for (const path of paths) {
          await open(page, front.url + path);
          await settled(page);
          found.push(...(await findings(page)).map((finding) => `${path} ${finding}`));
        }
      };
      await asAda(phone, (page) =>
        look(page, [`/${empty}`, `/${empty}/pool`, `/${empty}/audit`, `/${full}`, `/${full}/pool`, `/${full}/new`]),
      );
      const viewer = await openBrowser();
      const page = viewer.context.pages()[0] ?? (await viewer.context.newPage());
      await signIn(page, front.url, await aMember(front, 'VIEWER'));
      const names = [
        'projects',
        'pool',
        'members',
        'organization-settings',
        'project',
        'variables',
        'project-settings',
      ];
      await look(page, [...names, 'deployment-live', 'environments'].map(pathOf));
      await viewer.close();
      expect(found).toEqual([]);
    },
  );

  test('keeps edges, icons and levels in the colours that a visitor forces', { timeout: 120_000 }, async () => {
    await asAda({ ...desktop, forcedColors: 'active' }, async (page) => {
      await open(page, front.url + pathOf('pool'));
      await settled(page);
      const [canvas, level, track] = await page.evaluate(() => {
        const basin = document.querySelector('.track > .level');
        const styleOf = (node: Element | null | undefined) => (node ? getComputedStyle(node) : undefined);
        return [
          getComputedStyle(document.body).backgroundColor,
          styleOf(basin)?.backgroundColor,
          styleOf(basin?.parentElement)?.outlineStyle,
        ];
      });
      expect(level).not.toBe(canvas);
      expect(track).toBe('solid');
      await callPalette(page);
      const dialog = page.getByRole('dialog');
      expect(await dialog.evaluate((node) => getComputedStyle(node).outlineStyle)).not.toBe('none');
      const chosen = page.locator('[cmdk-item][data-selected=true]');
      expect(await chosen.evaluate((node) => getComputedStyle(node).outlineStyle)).toBe('solid');
    });
  });

  test('moves nothing for who asks for less motion', { timeout: 120_000 }, async () => {
    await asAda({ ...desktop, reducedMotion: 'reduce' }, async (page, { context }) => {
      const still = async (tab: Page, path: string) => {
        await open(tab, front.url + path);
        await settled(tab);
        await tab.waitForFunction(
          () => document.getAnimations().every(({ playState }) => playState === 'finished'),
          undefined,
          { polling: 50 },
        );
      };
      await still(page, pathOf('deployment-building'));
      await context.clearCookies();
      await still(page, pathOf('sign-in'));
    });
  });

  test('shifts nothing while lines and steps arrive', { timeout: 180_000 }, async () => {
    const { apployd } = front.platform;
    const { organizations } = await apployd.account.viewer();
    const path = `${organizations.nodes[0]?.slug}/docs`;
    const { productionEnvironment } = await apployd.projects.get({ path });
    const slowly = `let n = 0; const t = setInterval(() => { console.log('line ' + ++n); if (n === 40) clearInterval(t); }, 50)`;
    await front.repository.commit('main', anApp('docs', 'listen();', { build: `node -e "${slowly}"` }));
    await asAda(desktop, async (page) => {
      const deployment = await apployd.deployments.create({ environmentId: productionEnvironment?.id ?? '' });
      await open(page, `${front.url}/${path}/deployments/${deployment.number}`);
      await settled(page);
      await page.evaluate(() => {
        const shifts: number[] = [];
        Object.assign(window, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
        }).observe({ type: 'layout-shift' });
      });
      await page.locator('h1 + span', { hasText: 'Ready' }).waitFor({ timeout: 120_000 });
      await settled(page);
      const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
      expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.1);
    });
  });

  const pathOf = (name: string) => pages.find((page) => page.name === name)?.path ?? '';
});
