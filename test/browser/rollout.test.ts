import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { anApp } from '../system/sample-app.js';
import { isLeftOut } from '../without.js';
import { ada, aFront, type Front } from './a-front.js';
import { rolloutsAt } from './a-rollout.js';
import { findings } from './axe.js';
import { bodyAt, statusIs } from './at-a-page.js';
import { openBrowser, type Visitor } from './chromium.js';
import { open, settled, signIn } from './screens.js';

describe.skipIf(isLeftOut('browser'))('a release that comes to its visitors step by step', () => {
  let front: Front;
  let visitor: Visitor;
  let page: Page;
  let organization = { slug: '' };

  beforeAll(async () => {
    front = await aFront();
    const { apployd, project } = front.platform;
    organization = (await apployd.account.viewer()).organizations.nodes[0] ?? organization;
    await front.repository.commit('main', anApp('one'));
    const { id: environmentId } = await project('shop', front.repository.url);
    await (await apployd.deployments.create({ environmentId })).wait({ timeoutMs: 60_000 });
    visitor = await openBrowser();
    page = visitor.context.pages()[0] ?? (await visitor.context.newPage());
    await signIn(page, front.url, ada);
  }, 120_000);
  afterAll(async () => {
    await visitor?.close();
    await front?.close();
  }, 60_000);

  const status = (word: string) => statusIs(page, word);
  const bodyOf = (url: string) => bodyAt(visitor.context, url);

  test(
    'shows what both releases of a rollout have answered, promotes it, and takes another one back',
    { timeout: 180_000 },
    async () => {
      const overview = `${front.url}/${organization.slug}/shop`;
      const hint = page.getByText(/^A new deployment ends the rollout of \d+ as soon as it is queued\.$/);
      const deployed = async (text: string) => {
        await front.repository.commit('main', anApp(text));
        await open(page, overview);
        await page.getByRole('button', { name: 'Deploy', exact: true }).click();
        await page.getByRole('heading', { name: 'Rollout', exact: true }).waitFor({ timeout: 60_000 });
        await page.getByText(/^5 % of the visitors have the new release: step 1 of 1, until/).waitFor();
      };
      await open(page, overview);
      expect(await hint.count()).toBe(0);
      const url = (await page.getByRole('link', { name: 'Visit', exact: true }).getAttribute('href')) ?? '';
      const rollouts = await rolloutsAt(front, new URL(url).hostname);
      await rollouts.switchOn();
      await deployed('promoted');
      await rollouts.answered({
        former: { requests: 2_000, errors: 20, ms: 50 },
        newer: { requests: 120, errors: 3, ms: 60 },
      });
      await page.reload();
      const row = (name: string) => page.getByRole('row', { name }).getByRole('cell');
      expect(await row('Requests').allInnerTexts()).toEqual(['2,000', '120']);
      expect(await row('Errors').allInnerTexts()).toEqual(['20', '3']);
      expect(await row('Error rate').allInnerTexts()).toEqual(['1 %', '2.5 %']);
      expect(await row('p95').allInnerTexts()).toEqual([expect.stringMatching(/ ms$/), expect.stringMatching(/ ms$/)]);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const isDark = colorScheme === 'dark';
        await page.waitForFunction((is) => document.documentElement.matches('.dark') === is, isDark, { polling: 50 });
        await settled(page);
        expect(await findings(page, { colours: isDark })).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: 'light' });
      await page.getByRole('button', { name: 'Promote now' }).click();
      await status('Ready');
      await page.getByText('Promoted. It was promoted by hand.').waitFor();
      await expect.poll(() => bodyOf(url), { timeout: 30_000 }).toBe('promoted');

      await deployed('taken back');
      const at = page.url();
      await open(page, overview);
      await hint.waitFor();
      await settled(page);
      expect(await findings(page)).toEqual([]);
      await open(page, at);
      await page.getByRole('button', { name: 'Abort' }).click();
      await status('Canceled');
      await page.getByText('Taken back. It was aborted by hand.').waitFor();
      await expect.poll(() => bodyOf(url), { timeout: 30_000 }).toBe('promoted');
      await rollouts.switchOff();
      await rollouts.close();
    },
  );
});
