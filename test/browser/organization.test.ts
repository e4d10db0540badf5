import { readFile } from 'node:fs/promises';
import { idOf } from '@apployd/core/id';
import { createDb } from '@apployd/prisma/create-db';
import { Apployd } from '@apployd/sdk';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLeftOut } from '../without.js';
import { ada, aFront, type Front } from './a-front.js';
import { openBrowser, type Visitor } from './chromium.js';
import { open, settled, signIn } from './screens.js';

describe.skipIf(isLeftOut('browser'))("an organization's pages", () => {
  let front: Front;
  let visitor: Visitor;
  let page: Page;
  let organization: { readonly id: string; readonly slug: string };

  beforeAll(async () => {
    front = await aFront();
    const { organizations } = await front.platform.apployd.account.viewer();
    [organization = { id: '', slug: '' }] = organizations.nodes;
    visitor = await openBrowser();
    page = visitor.context.pages()[0] ?? (await visitor.context.newPage());
    await signIn(page, front.url, ada);
  }, 120_000);
  afterAll(async () => {
    await visitor?.close();
    await front?.close();
  }, 60_000);

  const show = async (name: string) => {
    await open(page, `${front.url}/${organization.slug}/${name}`);
    await settled(page);
  };
  const confirm = async (name: RegExp, word: string) => {
    await page.getByRole('button', { name }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: word, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  };

  test(
    'platform: an operator gives a plan, changes it, and reads of it; nobody else finds the page',
    { timeout: 120_000 },
    async () => {
      const { apployd } = front.platform;
      const stranger = new Apployd({ url: front.platform.urls.server });
      const somebody = { name: 'Grace', email: 'grace-elsewhere@example.com', password: ada.password };
      const { organization: other } = await stranger.account.signUp(somebody);
      await open(page, `${front.url}/platform`);
      await settled(page);
      const servers = page.getByRole('list', { name: 'Servers' });
      await servers.getByText(/of at most \d+ deployments under way\.$/).waitFor();
      const row = page
        .getByRole('list', { name: 'Organizations' })
        .getByRole('listitem')
        .filter({ hasText: other.slug });
      await row.getByRole('combobox').selectOption({ label: 'Business' });
      await row.getByRole('button', { name: /^Give/ }).click();
      await page.getByText(/has the new plan/).waitFor();
      expect(await stranger.organizations.get({ slug: other.slug })).toMatchObject({ plan: { code: 'BUSINESS' } });

      const business = page.locator('form').filter({ has: page.getByRole('button', { name: 'Save Business' }) });
      await business.getByLabel('Memory, MB').fill('lots');
      await business.getByRole('button', { name: 'Save Business' }).click();
      await business.getByText('Type a number').waitFor();
      await business.getByLabel('Memory, MB').fill('65536');
      await business.getByLabel('Builds at once').fill('9');
      await business.getByLabel('Currency of its prices').fill('eur');
      await business.getByLabel('Price a month').fill('79.999');
      await business.getByLabel('Price a year').fill('799');
      await business.getByRole('button', { name: 'Save Business' }).click();
      await business.getByText('Type an amount of the currency').waitFor();
      await business.getByLabel('Price a month').fill('79.90');
      await business.getByRole('button', { name: 'Save Business' }).click();
      await expect
        .poll(async () => (await apployd.plans.list()).find(({ code }) => code === 'BUSINESS')?.maxConcurrentBuilds)
        .toBe(9);
      expect((await apployd.plans.list()).find(({ code }) => code === 'BUSINESS')).toMatchObject({
        monthlyPrice: { amountMinor: 7_990, currency: 'EUR' },
        yearlyPrice: { amountMinor: 79_900, currency: 'EUR' },
      });
      const log = page.getByRole('list', { name: 'Log' });
      await log.getByText('planUpdate').waitFor();
      await log.getByText('organizationPlanSet').waitFor();

      const their = await openBrowser();
      const tab = their.context.pages()[0] ?? (await their.context.newPage());
      await signIn(tab, front.url, somebody);
      expect(await open(tab, `${front.url}/platform`)).toBe(404);
      await their.close();
    },
  );

  test(
    'plan: where nothing is for sale it says what the plan gives, and who gives plans',
    { timeout: 60_000 },
    async () => {
      const { apployd } = front.platform;
      const { plan } = await apployd.organizations.get({ id: organization.id });
      await show('pool');
      await page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'Plan' }).click();
      await page.getByRole('heading', { name: 'Plan', exact: true }).waitFor();
      await page.getByRole('heading', { name: plan.name, exact: true }).waitFor();
      const main = page.getByRole('main');
      await main.getByText('Plans are given by whoever runs this platform.').waitFor();
      expect(await main.getByRole('button').count()).toBe(0);
      await main.getByRole('link', { name: 'Give another one' }).click();
      await page.getByRole('heading', { name: 'Platform', level: 1 }).waitFor();
    },
  );

  test('members: invite somebody, and take it back', { timeout: 120_000 }, async () => {
    const { apployd } = front.platform;
    await show('members');
    await page.getByLabel('Email').fill('grace@example.com');
    await page.getByLabel('Role', { exact: true }).selectOption('VIEWER');
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await page.getByRole('status').getByText('on its way').waitFor();
    expect(await apployd.invitations.list(organization.id)).toMatchObject([
      { email: 'grace@example.com', role: 'VIEWER' },
    ]);
    // The form is empty for the next one, after each.
    const email = () => page.getByLabel('Email').inputValue();
    await expect.poll(email).toBe('');
    await page.getByLabel('Email').fill('joan@example.com');
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await page.getByRole('button', { name: /^Revoke the invitation of joan/ }).waitFor();
    await expect.poll(email).toBe('');
    await confirm(/^Revoke the invitation of joan/, 'Revoke');
    await page.getByText('The invitation of joan@example.com is worth nothing any more.').first().waitFor();
    await confirm(/^Revoke the invitation of grace/, 'Revoke');
    await page.getByText('The invitation of grace@example.com is worth nothing any more.').first().waitFor();
    expect(await apployd.invitations.list(organization.id)).toEqual([]);

    const members = page.getByRole('list', { name: 'Members' });
    expect(await members.getByRole('listitem').count()).toBe(1);
    // Nobody removes themselves here, nor gives themselves another role.
    expect(await members.getByRole('button').count()).toBe(0);
  });

  test('members: give another role, and take somebody out', { timeout: 120_000 }, async () => {
    const { apployd, urls } = front.platform;
    const grace = new Apployd({ url: `${front.url}/graphql`, streams: 'sse' });
    const { viewer } = await grace.account.signUp({
      name: 'Grace',
      email: 'grace@example.com',
      password: ada.password,
    });
    await join(urls.database, { userId: viewer.user.id, organizationId: organization.id });
    const roles = async () => (await apployd.members.list(organization.id)).map(({ role }) => role);
    await show('members');
    await page.getByLabel('Role of Grace').selectOption('DEVELOPER');
    await page.getByRole('button', { name: 'Save the role of Grace' }).click();
    await page.getByRole('status').getByText('Grace has the new role.').waitFor();
    expect(await roles()).toEqual(['OWNER', 'DEVELOPER']);
    await confirm(/^Remove Grace/, 'Remove');
    await page.getByRole('status').getByText('Grace is no member any more.').waitFor();
    expect(await roles()).toEqual(['OWNER']);
  });

  test('projects: to delete or restore one is offered to admins alone', { timeout: 120_000 }, async () => {
    const { apployd, urls } = front.platform;
    const made = await apployd.projects.create({ organizationId: organization.id, name: 'Shop', slug: 'shop' });
    const joan = new Apployd({ url: `${front.url}/graphql`, streams: 'sse' });
    const account = { email: 'joan@example.com', password: ada.password };
    const { viewer } = await joan.account.signUp({ name: 'Joan', ...account });
    await join(urls.database, { userId: viewer.user.id, organizationId: organization.id });
    const theirs = await openBrowser();
    try {
      const other = await theirs.context.newPage();
      await signIn(other, front.url, account);
      const offered = async (name: string) => {
        for (const each of [page, other]) {
          await open(each, `${front.url}/${organization.slug}/shop/settings`);
          await settled(each);
        }
        return Promise.all([page, other].map((each) => each.getByRole('button', { name, exact: true }).count()));
      };
      expect(await offered('Delete project')).toEqual([1, 0]);
      await apployd.projects.delete({ projectId: made.project.id, confirmSlug: 'shop' });
      expect(await offered('Restore')).toEqual([1, 0]);
      await other.getByText('By an admin it can be restored').waitFor();
    } finally {
      await theirs.close();
    }
  });

  test('tokens: make one that is shown once and works, and revoke it', { timeout: 120_000 }, async () => {
    await show('tokens');
    await page.getByLabel('Name', { exact: true }).fill('ci');
    await page.getByRole('button', { name: 'Make token' }).click();
    // It is good for nothing yet.
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Read the organization, its members and its pool').check();
    await page.getByRole('button', { name: 'Make token' }).click();
    const secret = await page.getByRole('status').locator('code').innerText();
    const program = new Apployd({ url: `${front.url}/graphql`, token: secret, streams: 'sse' });
    expect(await program.members.list(organization.id)).not.toEqual([]);
    await show('tokens');
    expect(await page.locator('body').innerText()).not.toContain(secret);
    await confirm(/^Revoke ci/, 'Revoke');
    await page.getByText('Tokens that are live will be here.').waitFor();
    await expect(program.members.list(organization.id)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('audit log: look, filter, and export what is shown', { timeout: 120_000 }, async () => {
    const { apployd } = front.platform;
    const organizationId = organization.id;
    await apployd.organizations.update({ organizationId, name: 'Renamed' });
    await apployd.members.invite({ organizationId, email: 'audited@example.com', role: 'VIEWER' });
    await show('audit');
    const changes = page.getByRole('list', { name: 'Changes' });
    await changes.getByText('memberInvite').first().waitFor();
    await page.getByLabel('What', { exact: true }).fill('organizationUpdate');
    await page.getByRole('button', { name: 'Filter' }).click();
    await changes.getByText('memberInvite').first().waitFor({ state: 'detached' });
    await changes.getByText('What changed').first().click();
    await changes.getByText('Renamed').first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export as NDJSON' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).action)).toEqual(['organizationUpdate']);
  });

  test('settings: make another organization, name it, hand it over and leave it', { timeout: 120_000 }, async () => {
    const { apployd, urls } = front.platform;
    await open(page, `${front.url}/new`);
    await page.getByLabel('Name').fill('Second');
    await page.getByLabel('Address').fill(organization.slug);
    await page.getByRole('button', { name: 'Make organization' }).click();
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Address').fill('');
    await page.getByRole('button', { name: 'Make organization' }).click();
    await page.waitForURL(`${front.url}/second`);

    await open(page, `${front.url}/second/settings`);
    await settled(page);
    await page.getByLabel('Name', { exact: true }).fill('The Second');
    await page.getByLabel('Address').fill('the-second');
    await page.getByRole('button', { name: 'Save Name and address' }).click();
    await page.waitForURL(`${front.url}/the-second/settings`);
    const second = await apployd.organizations.get({ slug: 'the-second' });
    expect(second.name).toBe('The Second');

    await confirm(/^Leave/, 'Leave');
    await page.getByRole('alert').getByText('owner', { exact: false }).first().waitFor();

    const anna = new Apployd({ url: `${front.url}/graphql`, streams: 'sse' });
    const account = { email: 'anna@example.com', password: ada.password };
    const { viewer } = await anna.account.signUp({ name: 'Anna', ...account });
    await join(urls.database, { userId: viewer.user.id, organizationId: second.id });
    await open(page, `${front.url}/the-second/settings`);
    await settled(page);
    await page.getByLabel('New owner').selectOption(viewer.user.id);
    await page.getByRole('button', { name: 'Transfer', exact: true }).click();
    await page.getByRole('button', { name: 'Transfer', exact: true }).waitFor({ state: 'detached' });
    await page.getByText('You are an admin of it now.').waitFor();
    expect((await apployd.organizations.get({ slug: 'the-second' })).viewerRole).toBe('ADMIN');

    await confirm(/^Leave/, 'Leave');
    await page.waitForURL((url) => !url.pathname.startsWith('/the-second'));
    expect((await anna.members.list(second.id)).map(({ user }) => user.name)).toEqual(['Anna']);
  });
});

/** As by an invitation, whose secret only a mail has. */
async function join(url: string, of: { readonly userId: string; readonly organizationId: string }): Promise<void> {
  const db = createDb({ url, connections: 1 });
  const userId = idOf('User', of.userId) ?? '';
  const organizationId = idOf('Organization', of.organizationId) ?? '';
  await db.membership.create({ data: { userId, organizationId, role: 'VIEWER' } });
  await db.$disconnect();
}
