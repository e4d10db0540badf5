import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anApp } from '../system/sample-app.js';
import { isLeftOut } from '../without.js';
import { aFront, type Front } from './a-front.js';
import { openBrowser, type Visitor } from './chromium.js';
import { callPalette, open, settled } from './screens.js';

const mostTabs = 80;

describe.skipIf(isLeftOut('browser'))('without a pointer the dashboard', () => {
  let front: Front;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    front = await aFront();
    visitor = await openBrowser();
    page = visitor.context.pages()[0] ?? (await visitor.context.newPage());
  }, 180_000);
  afterAll(async () => {
    await visitor?.close();
    await front?.close();
  }, 60_000);

  const hasFocus = (wanted: Locator) => wanted.evaluate((node) => node === document.activeElement).catch(() => false);
  /** Presses Tab until it is there. */
  const tabTo = async (wanted: Locator) => {
    await wanted.waitFor();
    for (let count = 0; count < mostTabs; count += 1) {
      if (await hasFocus(wanted)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${wanted.toString()}.`);
  };
  const press = async (wanted: Locator, key = 'Enter') => {
    await tabTo(wanted);
    await page.keyboard.press(key);
  };
  const type = async (label: string, text: string) => {
    await tabTo(page.getByRole('textbox', { name: label }));
    await page.keyboard.press('Control+a');
    await page.keyboard.type(text);
  };
  const status = (word: string) => page.locator('h1 + span', { hasText: word }).first().waitFor({ timeout: 60_000 });
  const keys = async (...all: readonly string[]) => {
    for (const key of all) await page.keyboard.press(key);
  };
  const heading = (name: string) => page.getByRole('heading', { name, level: 1, exact: true }).waitFor();

  test('leads from signing up over a deployment to a roll back, and out again', { timeout: 300_000 }, async () => {
    await front.repository.commit('main', anApp('one'));
    await open(page, front.url);
    await press(page.getByRole('link', { name: 'Create an account' }));
    await heading('Create an account');
    await type('Your name', 'Grace');
    await type('Email', 'grace@example.com');
    await tabTo(page.getByLabel('Password'));
    await page.keyboard.type('a password of some length');
    await type('Organization', 'Navy Yard');
    await keys('Enter');
    await page.getByRole('heading', { name: 'Deploy your first repository' }).waitFor();

    await settled(page);
    await keys('c');
    await heading('New project');
    await type('Repository', front.repository.url);
    await type('Name', 'shop');
    await keys('Enter');
    await page.waitForURL(/deployments\/1$/);
    await status('Ready');

    await front.repository.commit('main', anApp('two'));
    await callPalette(page);
    await page.keyboard.type('deploy shop');
    await page.getByRole('option', { name: 'Deploy shop', selected: true }).waitFor();
    await keys('Enter');
    await page.getByRole('option', { name: 'Deploy', exact: true, selected: true }).waitFor();
    await keys('Enter');
    await page.waitForURL(/deployments\/2$/);
    await status('Ready');

    await press(page.getByRole('button', { name: 'Roll back to 1' }));
    await press(page.getByRole('dialog').getByRole('button', { name: 'Roll back' }));
    await page.waitForURL(/deployments\/3$/);
    await status('Ready');
    await page.getByText('Rolled back to 1').waitFor();

    await press(page.getByRole('link', { name: 'Grace' }));
    await page.getByRole('menu').waitFor();
    await keys('End', 'Enter');
    await page.waitForURL(/\/login$/);
  });

  test('goes by keys from page to page', { timeout: 120_000 }, async () => {
    await type('Email', 'grace@example.com');
    await tabTo(page.getByLabel('Password'));
    await page.keyboard.type('a password of some length');
    await keys('Enter');
    await heading('Projects');
    await open(page, `${front.url}/navy-yard/shop/deployments/2`);
    await settled(page);
    const crumb = (number: number) => page.getByText(`Deployment ${number}`, { exact: true }).first().waitFor();
    await keys('[');
    await crumb(1);
    await keys(']');
    await crumb(2);
    await keys('g', 'l');
    await page.waitForURL(/shop\/logs$/);
    await keys('g', 'o');
    await heading('Pool');
    await keys('g', 'p');
    await heading('Projects');
  });

  test('finds a deployment by a few letters, and gives the focus back', { timeout: 60_000 }, async () => {
    const pool = page.getByRole('link', { name: 'Pool', exact: true }).first();
    await tabTo(pool);
    await callPalette(page);
    await keys('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => hasFocus(pool)).toBe(true);
    await callPalette(page);
    await page.keyboard.type('sh 2');
    await page.getByRole('option', { name: 'shop 2', selected: true }).waitFor();
    await keys('Enter');
    await page.waitForURL(/shop\/deployments\/2$/);
    // What was run last stands first.
    await callPalette(page);
    await page.getByRole('group', { name: 'Recent' }).getByRole('option', { name: 'shop 2' }).waitFor();
    await keys('Escape');
  });

  test('is searched, and stepped through by its warnings', { timeout: 120_000 }, async () => {
    const script = `for (let n = 1; n <= 300; n++) console.log(n % 100 ? 'line ' + n : 'warning ' + n)`;
    await front.repository.commit('main', anApp('logs', 'listen();', { build: `node -e "${script}"` }));
    await callPalette(page);
    await page.keyboard.type('deploy shop');
    await page.getByRole('option', { name: 'Deploy shop', selected: true }).waitFor();
    await keys('Enter');
    await page.getByRole('option', { name: 'Deploy', exact: true, selected: true }).waitFor();
    await keys('Enter');
    await page.waitForURL(/deployments\/4$/);
    await status('Ready');
    await page.getByText(/Live at http/).waitFor();
    const log = page.getByRole('log');
    await log.focus();
    await keys('Control+f');
    await page.keyboard.type('line 42');
    await expect.poll(() => log.locator('[data-sequence]').count()).toBe(1);
    await expect.poll(() => new URL(page.url()).searchParams.get('find')).toBe('line 42');
    await keys('Escape');
    await log.focus();
    const hash = () => new URL(page.url()).hash;
    await keys('e');
    await expect.poll(hash).toMatch(/^#L\d+$/);
    const first = hash();
    await keys('e');
    await expect.poll(hash).not.toBe(first);
    const second = hash();
    expect(second).toMatch(/^#L\d+$/);
    await page.reload();
    await page.locator(`[data-sequence="${second.slice(2)}"]`).waitFor();
  });

  test('hears no single keys for who has switched them off', { timeout: 60_000 }, async () => {
    await open(page, `${front.url}/navy-yard`);
    await settled(page);
    await keys('?');
    await press(page.getByRole('checkbox'), 'Space');
    await keys('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await keys('c', '?');
    await callPalette(page);
    expect(new URL(page.url()).pathname).toBe('/navy-yard');
    expect(await page.getByRole('dialog').count()).toBe(1);
  });
});
