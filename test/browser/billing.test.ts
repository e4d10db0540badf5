import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLeftOut } from '../without.js';
import { ada } from './a-front.js';
import { aShop, type Shop } from './a-shop.js';
import { findings } from './axe.js';
import { desktop, openBrowser, phone, type Screen, type Visitor } from './chromium.js';
import { paidStates } from './paid-states.js';
import { open, settled, signIn } from './screens.js';

describe.skipIf(isLeftOut('browser'))('the plan page, where plans are sold', () => {
  let shop: Shop;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    shop = await aShop();
    visitor = await openBrowser();
    page = visitor.context.pages()[0] ?? (await visitor.context.newPage());
    await shop.standInForStripe(page);
    await signIn(page, shop.url, ada);
  }, 180_000);
  afterAll(async () => {
    await visitor?.close();
    await shop?.close();
  }, 60_000);

  test.each(paidStates.map((state) => [state.name, state] as const))(
    'says what is to be known: %s; in every colour and width',
    { timeout: 90_000 },
    async (_name, { bring, says, shows }) => {
      await bring(shop, page);
      if (shows) expect(await isInSight(page, shows)).toBe(true);
      for (const words of says) await page.getByText(words).filter({ visible: true }).first().waitFor();
      expect(await wrongWith(page)).toEqual([]);
    },
  );

  test('leads to the portal, and after the payment everything runs again', { timeout: 90_000 }, async () => {
    await page.getByRole('button', { name: 'Pay what is owed' }).click();
    await page.getByRole('heading', { name: 'The portal of Stripe' }).waitFor();
    shop.stripe.pay((await shop.billing()).customerId);
    await shop.deliver();
    await open(page, shop.url + shop.path);
    await settled(page);
    expect((await shop.billing()).organization.suspendedAt).toBeNull();
    expect(await page.getByText('Everything is stopped').count()).toBe(0);
  });

  test('has a PDF of each invoice, on a page of Stripe', async () => {
    const links = page.getByRole('link', { name: /^PDF of invoice/ });
    const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(hrefs.length).toBeGreaterThanOrEqual(3);
    for (const href of hrefs) expect(href).toMatch(/^https:\/\/invoice\.stripe\.test\/.*\/pdf$/);
  });
});

function isInSight(page: Page, heading: string): Promise<boolean> {
  return page.getByRole('heading', { name: heading }).evaluate((node) => {
    const { top, bottom } = node.getBoundingClientRect();
    return top >= 0 && bottom <= window.innerHeight;
  });
}

/** What axe finds in light and dark and on a phone, and where the page scrolls sideways. */
async function wrongWith(page: Page): Promise<string[]> {
  const found: string[] = [];
  const lookFor = async (name: string, { width, height }: Screen, scheme: 'light' | 'dark' = 'light') => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    const isDark = scheme === 'dark';
    await page.waitForFunction((is) => document.documentElement.matches('.dark') === is, isDark, { polling: 50 });
    await settled(page);
    found.push(...(await findings(page, { colours: isDark })).map((finding) => `${name}: ${finding}`));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) found.push(`${name}: scrolls sideways by ${over} pixels`);
  };
  await lookFor('dark', desktop, 'dark');
  await lookFor('320 pixels', { ...phone, width: 320 });
  await lookFor('light', desktop);
  return found;
}
