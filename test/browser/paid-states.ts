import type { Page } from 'playwright-core';
import { open, settled } from './screens.js';
import type { Shop } from './a-shop.js';

/** How the plan page can be once plans are sold, in the order in which one follows from the other. */
export type PaidState = {
  readonly name: string;
  /** Has it come about, with the page open on it. */
  readonly bring: (shop: Shop, page: Page) => Promise<void>;
  /** What the page then says. */
  readonly says: readonly (string | RegExp)[];
  /** A heading that is to be in sight without a step of the reader's. */
  readonly shows?: string;
};

const look = async ({ url, path }: Shop, page: Page) => {
  await open(page, url + path);
  await settled(page);
};
const customerOf = async ({ billing }: Shop) => (await billing()).customerId;
const press = async (page: Page, name: string | RegExp) => {
  await page.getByRole('button', { name }).click();
};

export const paidStates: readonly PaidState[] = [
  {
    name: 'plans-for-sale',
    bring: look,
    says: ['Nothing is paid for', '€20.00 a month', '€200.00 a year'],
  },
  {
    name: 'bought',
    bring: async (shop, page) => {
      await press(page, 'Choose Hobby for €5.00 a month');
      await page.waitForURL(/checkout=done/);
      await shop.deliver();
      await page.reload();
      await settled(page);
    },
    says: [
      'The subscription has begun.',
      'Hobby, paid by the month',
      /^Paid until/,
      '€5.00, paid',
      /The subscription is paid/,
    ],
  },
  {
    name: 'preview',
    bring: async (_shop, page) => {
      await press(page, 'See the change to Pro for €20.00 a month');
      await page.getByRole('heading', { name: 'Change to Pro' }).waitFor();
      await settled(page);
    },
    shows: 'Change to Pro',
    says: [/€[0-9.]+ are paid today/, /its price is €20\.00 each month/, /It begins at once\./, 'Paid today'],
  },
  {
    name: 'changed',
    bring: async (shop, page) => {
      await press(page, /^Change, and pay €/);
      await page.getByText('The change is made.').waitFor();
      await shop.deliver();
      await look(shop, page);
    },
    says: ['Pro, paid by the month', '€20.00 a month: this is yours'],
  },
  {
    name: 'beyond-the-pool',
    bring: async (shop, page) => {
      await page.getByLabel('At most, in GB a month').fill('100');
      await press(page, 'Buy up to this');
      await page.getByText('The cap is set.').waitFor();
      await look(shop, page);
    },
    says: [
      'Up to 100 GB a month, for €5.00 at most',
      /A gigabyte is €0\.05/,
      'Buy none any more',
      /^Ada set a cap for/,
    ],
  },
  {
    name: 'smaller-later',
    bring: async (shop, page) => {
      await press(page, 'See the change to Hobby for €5.00 a month');
      await press(page, 'Book the change');
      await page.getByText('The change is made.').waitFor();
      await shop.deliver();
      await look(shop, page);
    },
    says: ['Pro, paid by the month', 'It becomes Hobby, paid by the month', 'Keep it as it is'],
  },
  {
    name: 'ending',
    bring: async (shop, page) => {
      await press(page, /^End it/);
      await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
      await page.getByText('The subscription ends with what is paid for.').waitFor();
      await shop.deliver();
      await look(shop, page);
    },
    says: [/^It ends on/, 'Keep it as it is'],
  },
  {
    name: 'past-due',
    bring: async (shop, page) => {
      await press(page, 'Keep it as it is');
      await page.getByText('The subscription goes on as it is.').waitFor();
      shop.stripe.declineFrom(await customerOf(shop));
      shop.stripe.advance(new Date(Date.now() + 12 * 86_400_000));
      await shop.deliver();
      await shop.owesSince(2);
      await look(shop, page);
    },
    says: ['A payment is owed.', /Everything is stopped on .*, unless it is paid before\./, 'Pay what is owed'],
  },
  {
    name: 'suspended',
    bring: async (shop, page) => {
      await shop.owesSince(8);
      shop.stripe.advance(new Date(shop.stripe.now().getTime() + 4 * 86_400_000));
      await shop.deliver();
      await look(shop, page);
    },
    says: ['Everything is stopped, since a payment is owed.', 'Pay what is owed'],
  },
];
