import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import type { Offer } from '@apployd/core/billing';
import { stripeCatalogue } from './stripe-catalogue.js';
import { stripeEventReader } from './stripe-event.js';
import { stripePayments } from './stripe.js';
import { stripeClient } from './stripe-client.js';
import type { Payments } from './payments.js';
import { signed, stripeApi, type StripeApi } from './testing/stripe-api.js';
import { testClock } from './testing/test-clock.js';
import { portion } from './testing/stripe-time.js';
import { existing } from './testing/stripe-world.js';

let api: StripeApi;
let payments: Payments;
beforeEach(async () => {
  api = await stripeApi(new Date('2027-01-31T12:00:00Z'));
  const catalogue = stripeCatalogue(api);
  await catalogue.put(planOf('HOBBY', 500, 5_000));
  await catalogue.put(planOf('PRO', 2_000, 20_000));
  payments = stripePayments(api);
});
afterEach(() => api.close());

const planOf = (code: string, month: number, year: number) => ({
  code,
  name: code,
  prices: { MONTH: { amountMinor: month, currency: 'EUR' }, YEAR: { amountMinor: year, currency: 'EUR' } },
});
const hobby: Offer = { planCode: 'HOBBY', interval: 'MONTH' };
const pro: Offer = { planCode: 'PRO', interval: 'MONTH' };
const after = (days: number) => new Date(api.now().getTime() + days * 86_400_000);
const customer = () => payments.ensureCustomer({ organizationId: newId(), name: 'Acme', email: 'a@example.com' });
const checkout = { trialDays: 0, isTaxed: false, returnUrl: 'http://platform.test/acme/billing' };
const openPage = (customerId: string, offer = hobby, given = {}) =>
  payments.openCheckout({ ...checkout, customerId, offer, key: newId(), ...given });
const only = async (customerId: string) => {
  const [one] = await payments.subscriptions(customerId);
  if (!one) throw new Error('There is no subscription.');
  return one;
};
const scheduleOf = (subscriptionId: string) => existing(api.world.subscriptions, subscriptionId).schedule;
async function aSubscription(offer = hobby, given = {}) {
  const customerId = await customer();
  const bought = api.buy(await openPage(customerId, offer), given);
  return { customerId, subscriptionId: bought.id };
}

test('an answer that comes byte by byte is given up in its time', async () => {
  const slow = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  });
  await once(slow.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
  const impatient = stripePayments({ secretKey: 'sk_test_1', url, timeoutMs: 200 });
  await expect(impatient.subscriptions('cus_1')).rejects.toMatchObject({ code: 'CAPACITY' });
  slow.closeAllConnections();
  await once(slow.close(), 'close');
});

test('a change goes on only as long as it is allowed to: nothing is asked for after that', async () => {
  const { customerId, subscriptionId } = await aSubscription();
  await payments.setEnding({ subscriptionId, ends: true, key: newId() });
  const before = api.asked.length;
  let held = 0;
  const hold = async () => {
    held += 1;
    if (held > 1) throw new Error('It is over.');
  };
  const change = { subscriptionId, offer: pro, begins: 'NOW', at: api.now(), key: newId() } as const;
  await expect(payments.change({ ...change, hold })).rejects.toThrow('It is over.');
  expect(api.asked.slice(before).filter((one) => one.startsWith('POST'))).toHaveLength(1);
  expect(await only(customerId)).toMatchObject({ offer: pro, cancelAt: expect.any(Date), changeIds: [change.key] });
  await payments.change(change);
  expect(await only(customerId)).toMatchObject({ offer: pro, cancelAt: null });
});

describe('Stripe', () => {
  test('has one customer for an organization, however often and under whatever name it is asked for', async () => {
    const organizationId = newId();
    const first = await payments.ensureCustomer({ organizationId, name: 'Acme', email: null });
    const again = await payments.ensureCustomer({ organizationId, name: 'Acme & Co', email: 'a@example.com' });
    expect(again).toBe(first);
    expect(api.world.customers.get(first)).toMatchObject({ name: 'Acme & Co', email: 'a@example.com' });
  });

  test('has another for one that was deleted, which has nothing; and none of another account', async () => {
    const organizationId = newId();
    const first = await payments.ensureCustomer({ organizationId, name: 'Acme', email: null });
    api.buy(await openPage(first));
    api.deleteCustomer(first);
    expect(await payments.subscriptions(first)).toEqual([]);
    expect(await payments.hasCustomer(first)).toBe(false);
    const again = { organizationId, name: 'Acme', email: null, replaces: first };
    const second = await payments.ensureCustomer(again);
    expect(await payments.ensureCustomer(again)).toBe(second);
    expect(await payments.hasCustomer(second)).toBe(true);
    expect(await payments.hasCustomer('cus_999')).toBe(false);
    await expect(payments.subscriptions('cus_999')).rejects.toThrow(/No such customer/);
  });

  test('opens one page to buy on: an older one sells nothing any more, and the same key opens the same', async () => {
    const customerId = await customer();
    const older = await openPage(customerId);
    const key = newId();
    const page = await openPage(customerId, pro, { key });
    expect(await openPage(customerId, pro, { key })).toBe(page);
    expect(() => api.buy(older)).toThrow(/expired/);
    api.buy(page);
    expect(await only(customerId)).toMatchObject({ status: 'ACTIVE', offer: pro, cancelAt: null, unpaidSince: null });
    await expect(openPage(customerId, hobby, { key })).rejects.toMatchObject({ problem: 'KEY_REUSED' });
  });

  test('opens the same page for two who want the same, one after the other or at once, and none of them is closed', async () => {
    const customerId = await customer();
    const isOpen = () => [...api.world.sessions.values()].filter((one) => one.status === 'open');
    const [first, ...others] = await Promise.all(Array.from({ length: 3 }, () => openPage(customerId)));
    expect(others).toEqual([first, first]);
    const key = newId();
    expect(await openPage(customerId, hobby, { key })).toBe(first);
    // Its own page was closed for that one.
    expect(await openPage(customerId, hobby, { key })).toBe(first);
    expect(isOpen()).toMatchObject([{ url: first }]);
    const trial = await openPage(customerId, hobby, { trialDays: 7 });
    expect(trial).not.toBe(first);
    expect(isOpen()).toMatchObject([{ url: trial }]);
    const back = await openPage(customerId);
    expect(back).not.toBe(first);
    expect(isOpen()).toMatchObject([{ url: back }]);
    api.advance(after(0.6));
    expect(await openPage(customerId)).not.toBe(back);
  });

  test('leaves one page open of those for different plans that are opened at once', async () => {
    const customerId = await customer();
    const wishes = [openPage(customerId, hobby), openPage(customerId, pro), openPage(customerId)];
    const answers = await Promise.allSettled(wishes);
    const open = [...api.world.sessions.values()].filter(({ status }) => status === 'open');
    expect(open).toHaveLength(1);
    // Whose page was closed meanwhile is told so, rather than led to a closed one.
    const pages = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(pages).toContain(open[0]?.url);
    for (const reason of reasons) expect(reason).toMatchObject({ code: 'CONFLICT' });
  });

  test('gives no page that was closed for another plan while it was opened', async () => {
    const customerId = await customer();
    const closeOwn = () => {
      const own = [...api.world.sessions.values()].find((one) => one.customer === customerId);
      if (own) own.status = 'expired';
    };
    api.before('GET', '/v1/checkout/sessions', closeOwn);
    await expect(openPage(customerId, pro)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('sells once: a page is worth nothing where something is bought on another while it is opened', async () => {
    for (const [method, path] of [
      ['GET', () => '/v1/checkout/sessions'],
      ['POST', (older: string) => `/v1/checkout/sessions/${older}/expire`],
    ] as const) {
      const customerId = await customer();
      const older = await openPage(customerId);
      api.before(method, path(older.split('/').at(-1) ?? ''), () => void api.buy(older));
      await expect(openPage(customerId, pro)).rejects.toMatchObject({ currentState: 'SUBSCRIBED' });
      const own = [...api.world.sessions.values()].filter((one) => one.customer === customerId);
      expect(own.map(({ status }) => status)).toEqual(['complete', 'expired']);
    }
  });

  test('gives a trial before it takes money, and less with a coupon', async () => {
    const customerId = await customer();
    api.buy(await openPage(customerId, pro, { trialDays: 14, isTaxed: true }), { percentOff: 25 });
    expect(await only(customerId)).toMatchObject({ status: 'TRIALING', trialEndsAt: after(14) });
    expect(api.world.invoices.size).toBe(0);
    api.advance(after(15));
    expect(await only(customerId)).toMatchObject({ status: 'ACTIVE' });
    const { invoices } = await payments.invoices({ customerId, first: 10, after: null });
    // 2000 less a quarter, and a fifth of that in tax.
    expect(invoices).toMatchObject([{ status: 'PAID', total: { amountMinor: 1_800, currency: 'EUR' } }]);
  });

  test('charges for an upgrade exactly what the preview said, once for its key', async () => {
    const { customerId, subscriptionId } = await aSubscription();
    api.advance(after(10));
    const change = { subscriptionId, offer: pro, begins: 'NOW', at: api.now() } as const;
    const preview = await payments.preview(change);
    expect(preview).toMatchObject({ recurring: { amountMinor: 2_000, currency: 'EUR' }, effectiveAt: change.at });
    expect(preview.parts.map(({ kind, description }) => [kind, description])).toEqual([
      ['LINE', 'unused time'],
      ['LINE', 'remaining time'],
    ]);
    expect(preview.parts.reduce((all, { amount }) => all + amount.amountMinor, 0)).toBe(preview.dueNow.amountMinor);
    expect(await only(customerId)).toMatchObject({ offer: hobby });
    await payments.change({ ...change, key: 'upgrade' });
    await payments.change({ ...change, key: 'upgrade' });
    const { invoices } = await payments.invoices({ customerId, first: 10, after: null });
    expect(invoices.map(({ total }) => total.amountMinor)).toEqual([preview.dueNow.amountMinor, 500]);
    expect(await only(customerId)).toMatchObject({ offer: pro, status: 'ACTIVE' });
  });

  test('changes nothing where the card for an upgrade is refused', async () => {
    const { customerId, subscriptionId } = await aSubscription();
    api.advance(after(1));
    api.declineFrom(customerId);
    const change = { subscriptionId, offer: pro, begins: 'NOW', at: api.now() } as const;
    await expect(payments.change({ ...change, key: 'refused' })).rejects.toMatchObject({ code: 'PAYMENT_REQUIRED' });
    expect(await only(customerId)).toMatchObject({ offer: hobby, status: 'ACTIVE' });
  });

  test('changes nothing at once while a payment is owed: what is left of a period that was not paid pays for nothing', async () => {
    const { customerId, subscriptionId } = await aSubscription(pro);
    api.declineFrom(customerId);
    api.advance(after(32));
    const change = { subscriptionId, offer: hobby, begins: 'NOW', at: api.now() } as const;
    const refused = { code: 'PAYMENT_REQUIRED', message: expect.stringMatching(/owed/) };
    await expect(payments.preview(change)).rejects.toMatchObject(refused);
    await expect(payments.change({ ...change, key: 'owing' })).rejects.toMatchObject(refused);
    expect(await only(customerId)).toMatchObject({ offer: pro, status: 'PAST_DUE' });
  });

  test('says of a change what is taken of the card, less what was credited before', async () => {
    const { customerId, subscriptionId } = await aSubscription(hobby);
    Object.assign(api.world.customers.get(customerId) ?? {}, { balance: -300 });
    api.advance(after(10));
    const change = { subscriptionId, offer: pro, begins: 'NOW', at: api.now() } as const;
    const { dueNow } = await payments.preview(change);
    await payments.change({ ...change, key: 'less' });
    expect([...api.world.invoices.values()].at(-1)?.amount_paid).toBe(dueNow.amountMinor);
  });

  test('keeps what was decided before where a change is refused, and takes it back where one is made', async () => {
    const { customerId, subscriptionId } = await aSubscription(pro);
    await payments.change({ subscriptionId, offer: hobby, begins: 'PERIOD_END', at: api.now(), key: 'down' });
    api.declineFrom(customerId);
    const change = { subscriptionId, offer: { ...pro, interval: 'YEAR' }, begins: 'NOW', at: api.now() } as const;
    await expect(payments.change({ ...change, key: 'refused' })).rejects.toMatchObject({ code: 'PAYMENT_REQUIRED' });
    expect(await only(customerId)).toMatchObject({ offer: pro, scheduled: hobby });
    await payments.setEnding({ subscriptionId, ends: true, key: 'end' });
    await expect(payments.change({ ...change, key: 'refused-too' })).rejects.toThrow();
    expect(await only(customerId)).toMatchObject({ offer: pro, cancelAt: after(28) });
    api.pay(customerId);
    await payments.change({ ...change, key: 'made' });
    expect(await only(customerId)).toMatchObject({ offer: change.offer, scheduled: null, cancelAt: null });
  });

  test('books no smaller plan for what is to end, which still ends', async () => {
    const { customerId, subscriptionId } = await aSubscription(pro);
    await payments.setEnding({ subscriptionId, ends: true, key: 'end' });
    const later = { subscriptionId, offer: hobby, begins: 'PERIOD_END', at: api.now(), key: 'down' } as const;
    const before = api.asked.length;
    await expect(payments.change(later)).rejects.toMatchObject({ code: 'INVALID_STATE', currentState: 'ENDING' });
    expect(api.asked.slice(before).filter((one) => one.startsWith('POST'))).toEqual([]);
    expect(await only(customerId)).toMatchObject({ cancelAt: after(28), scheduled: null });
    await payments.setEnding({ subscriptionId, ends: false, key: 'go-on' });
    await payments.change(later);
    expect(await only(customerId)).toMatchObject({ cancelAt: null, scheduled: hobby });
    // What is booked is told again rather than refused, though it was ended since.
    api.endInPortal(subscriptionId);
    await payments.change(later);
  });

  for (const [what, path] of [
    ['the booked plan is to go', /release$/],
    ['its end is to be set', /^\/v1\/subscriptions\/[^/]+$/],
  ] as const) {
    test(`an end that breaks where ${what} is known as begun, and made to its end when it is asked for again`, async () => {
      const { customerId, subscriptionId } = await aSubscription(pro);
      await payments.change({ subscriptionId, offer: hobby, begins: 'PERIOD_END', at: api.now(), key: 'down' });
      const end = { subscriptionId, ends: true, key: newId() };
      const breaks = () => api.refuse(2, 500, path);
      // The first update only says whose it is.
      api.before('POST', `/v1/subscription_schedules/${scheduleOf(subscriptionId)}/release`, breaks);
      await expect(payments.setEnding(end)).rejects.toMatchObject({ code: 'CAPACITY' });
      api.refuse(0);
      expect(await only(customerId)).toMatchObject({ changeIds: expect.arrayContaining([end.key]), cancelAt: null });
      await payments.setEnding(end);
      expect(await only(customerId)).toMatchObject({ offer: pro, scheduled: null, cancelAt: after(28) });
      const before = api.asked.length;
      await payments.setEnding(end);
      expect(api.asked.slice(before).filter((one) => one.startsWith('POST'))).toEqual([]);
      api.cancelNow(subscriptionId);
      await payments.setEnding(end);
    });
  }

  test('an end that was made is not made again over what was decided since', async () => {
    const { customerId, subscriptionId } = await aSubscription(pro);
    await payments.change({ subscriptionId, offer: hobby, begins: 'PERIOD_END', at: api.now(), key: 'down' });
    await payments.setEnding({ subscriptionId, ends: true, key: 'end' });
    await payments.setEnding({ subscriptionId, ends: false, key: 'go-on' });
    await payments.setEnding({ subscriptionId, ends: false, key: 'go-on' });
    api.endInPortal(subscriptionId);
    await payments.setEnding({ subscriptionId, ends: false, key: 'go-on' });
    expect(await only(customerId)).toMatchObject({ cancelAt: after(28) });
  });

  test('sells at no other price than the one that was shown', async () => {
    const { subscriptionId } = await aSubscription();
    const shown = (amountMinor: number) => ({ ...pro, price: { amountMinor, currency: 'EUR' } });
    const change = { subscriptionId, begins: 'NOW', at: api.now() } as const;
    const { recurring } = await payments.preview({ ...change, offer: pro });
    const wrong = shown(recurring.amountMinor - 1);
    const refusal = { code: 'INVALID_STATE', currentState: 'PRICE_CHANGES' };
    await expect(payments.preview({ ...change, offer: wrong })).rejects.toMatchObject(refusal);
    await expect(openPage(await customer(), wrong)).rejects.toMatchObject(refusal);
    const before = api.asked.length;
    await expect(payments.change({ ...change, offer: wrong, key: 'up' })).rejects.toMatchObject(refusal);
    expect(api.asked.slice(before).filter((one) => one.startsWith('POST'))).toEqual([]);
    await payments.change({ ...change, offer: shown(recurring.amountMinor), key: 'up' });
  });

  test('an end that breaks before Stripe knows of it leaves what was booked', async () => {
    const { customerId, subscriptionId } = await aSubscription(pro);
    await payments.change({ subscriptionId, offer: hobby, begins: 'PERIOD_END', at: api.now(), key: 'down' });
    const held = async () => api.refuse(2, 500, /^\/v1\/subscriptions\/[^/]+$/);
    await expect(payments.setEnding({ subscriptionId, ends: true, key: 'end', hold: held })).rejects.toMatchObject({
      code: 'CAPACITY',
    });
    expect(await only(customerId)).toMatchObject({ scheduled: hobby, cancelAt: null, changeIds: ['down'] });
  });

  test('goes on where that is wanted after it was ended in the portal', async () => {
    const { customerId, subscriptionId } = await aSubscription();
    api.endInPortal(subscriptionId);
    expect(await only(customerId)).toMatchObject({ cancelAt: after(28) });
    await payments.setEnding({ subscriptionId, ends: false, key: 'go-on' });
    expect(await only(customerId)).toMatchObject({ cancelAt: null });
    api.endInPortal(subscriptionId);
    await payments.change({ subscriptionId, offer: pro, begins: 'NOW', at: api.now(), key: 'up' });
    expect(await only(customerId)).toMatchObject({ cancelAt: null });
  });

  test('keeps a coupon when a smaller plan begins', async () => {
    const { customerId, subscriptionId } = await aSubscription(pro, { percentOff: 50 });
    await payments.change({ subscriptionId, offer: hobby, begins: 'PERIOD_END', at: api.now(), key: 'down' });
    api.advance(after(60));
    const { invoices } = await payments.invoices({ customerId, first: 10, after: null });
    expect(invoices.map(({ total }) => total.amountMinor)).toEqual([250, 250, 1_000]);
  });

  test('counts what is paid for before what is owed or was never paid, and nothing that is no plan', async () => {
    const customerId = await customer();
    api.buy(await openPage(customerId, hobby), { declines: true });
    api.advance(after(1));
    api.world.declined.clear();
    const foreign = api.buy(await openPage(customerId, pro));
    const price = api.world.prices.get(foreign.price);
    if (!price) throw new Error('It has no price.');
    api.world.prices.set('price_0', { ...price, id: 'price_0', metadata: {} });
    foreign.price = 'price_0';
    api.advance(after(1));
    const bought = api.buy(await openPage(customerId, pro));
    expect(await payments.subscriptions(customerId)).toMatchObject([
      { id: bought.id, status: 'ACTIVE' },
      { offer: hobby, status: 'INCOMPLETE' },
    ]);
  });

  test('has a smaller plan begin when the period ends, unless something else is decided before', async () => {
    const { customerId, subscriptionId } = await aSubscription(pro);
    const later = { subscriptionId, offer: hobby, begins: 'PERIOD_END', at: api.now() } as const;
    expect(await payments.preview(later)).toMatchObject({ dueNow: { amountMinor: 0 } });
    await payments.change({ ...later, key: 'down' });
    expect(await only(customerId)).toMatchObject({ offer: pro, scheduled: hobby });
    await payments.setEnding({ subscriptionId, ends: false, key: 'stay' });
    expect(await only(customerId)).toMatchObject({ offer: pro, scheduled: null });
    await payments.change({ ...later, key: 'down-again' });
    const { currentPeriodEnd } = await only(customerId);
    api.advance(new Date(currentPeriodEnd.getTime() + 1_000));
    expect(await only(customerId)).toMatchObject({
      offer: hobby,
      scheduled: null,
      currentPeriodStart: currentPeriodEnd,
    });
  });

  test('ends with the period where that is wanted, and goes on where it is not any more', async () => {
    const { customerId, subscriptionId } = await aSubscription();
    await payments.setEnding({ subscriptionId, ends: true, key: 'end' });
    const { currentPeriodEnd } = await only(customerId);
    expect(await only(customerId)).toMatchObject({ cancelAt: currentPeriodEnd });
    await payments.setEnding({ subscriptionId, ends: false, key: 'go-on' });
    expect(await only(customerId)).toMatchObject({ cancelAt: null });
    await payments.setEnding({ subscriptionId, ends: true, key: 'end-again' });
    api.advance(new Date(currentPeriodEnd.getTime() + 1_000));
    expect(await only(customerId)).toMatchObject({ status: 'CANCELED' });
  });

  test('says since when a payment is owed, until it is made', async () => {
    const { customerId } = await aSubscription();
    const { currentPeriodEnd } = await only(customerId);
    api.declineFrom(customerId);
    api.advance(new Date(currentPeriodEnd.getTime() + 4 * 86_400_000));
    expect(await only(customerId)).toMatchObject({ status: 'PAST_DUE', unpaidSince: currentPeriodEnd });
    const page = await payments.invoices({ customerId, first: 1, after: null });
    expect(page).toMatchObject({ hasMore: true, invoices: [{ status: 'OPEN', url: /https/, pdfUrl: /pdf/ }] });
    api.pay(customerId);
    expect(await only(customerId)).toMatchObject({ status: 'ACTIVE', unpaidSince: null });
  });

  test('makes a customer though it broke once, and says when the same key is answered the same', async () => {
    api.refuse(1);
    expect(await customer()).toMatch(/^cus_/);
    api.refuse(100);
    await expect(customer()).rejects.toMatchObject({ code: 'CAPACITY', message: /another idempotency key/ });
    api.refuse(100, 409);
    await expect(customer()).rejects.toMatchObject({ code: 'CAPACITY', message: /the same idempotency key/ });
    api.refuse(0);
    await expect(stripePayments({ ...api, secretKey: 'sk_test_wrong' }).subscriptions('cus_1')).rejects.toThrow(
      /API Key/,
    );
  });

  test('moves the time of a test clock alone, forward, and by two intervals at most, and says when it is there', async () => {
    const clock = await testClock(api, api.now());
    const [timed, other] = [await clock.customer(), await customer()];
    for (const customerId of [timed, other]) api.buy(await openPage(customerId, hobby));
    const before = await only(other);
    await clock.advance(after(32));
    expect((await only(timed)).currentPeriodStart).toEqual(before.currentPeriodEnd);
    expect(await only(other)).toEqual(before);
    expect(api.now()).toEqual(after(0));
    expect(api.events.at(-1)).toMatchObject({ type: 'test_helpers.test_clock.ready' });
    await expect(clock.advance(after(1))).rejects.toThrow(/forward/);
    const endedAt = async (customerId: string, end: () => void) => {
      const { id } = await only(customerId);
      end();
      return api.world.subscriptions.get(id)?.canceledAt;
    };
    const seconds = (at: Date) => at.getTime() / 1_000;
    const { id } = await only(timed);
    expect(await endedAt(timed, () => api.cancelNow(id))).toBe(seconds(after(32)));
    expect(await endedAt(other, () => api.deleteCustomer(other))).toBe(seconds(after(0)));
    const erased = await clock.customer();
    api.buy(await openPage(erased, hobby));
    expect(await endedAt(erased, () => api.deleteCustomer(erased))).toBe(seconds(after(32)));
    await expect(clock.advance(after(32 + 63))).rejects.toThrow(/two of the shortest intervals/);
  });

  test('a test clock that does not get there is waited for no longer than was said', async () => {
    const clock = await testClock(api, api.now(), { mostMs: 100, againMs: 20 });
    const stuck = api.world.clocks.get(clock.id);
    if (!stuck) throw new Error('There is no clock.');
    let status = stuck.status;
    const advances = (to: typeof status) => void (status = to === 'ready' ? status : to);
    Object.defineProperty(stuck, 'status', { get: () => status, set: advances, enumerable: true });
    const before = api.asked.length;
    const moved = clock.advance(after(1));
    await expect(moved).rejects.toThrow(/advancing/);
    const looks = api.asked.slice(before).filter((one) => one.startsWith('GET'));
    expect(looks.length).toBeGreaterThan(0);
    expect(looks.length).toBeLessThanOrEqual(5);
  });

  test('sells each plan under its lookup key: a new price takes it over, and who has the old one keeps it', async () => {
    const { customerId } = await aSubscription();
    const catalogue = stripeCatalogue(api);
    await catalogue.put(planOf('HOBBY', 700, 5_000));
    const prices = api.world.prices.size;
    await catalogue.put(planOf('HOBBY', 700, 5_000));
    expect(api.world.prices.size).toBe(prices);
    const monthly = (await catalogue.read()).filter(({ interval }) => interval === 'MONTH');
    expect(monthly.map(({ planCode, price }) => [planCode, price.amountMinor])).toEqual([
      ['PRO', 2_000],
      ['HOBBY', 700],
    ]);
    expect(await only(customerId)).toMatchObject({ offer: hobby });
    await catalogue.withdraw(pro);
    await expect(openPage(await customer(), pro)).rejects.toMatchObject({ currentState: 'NOT_FOR_SALE' });
  });
});

describe('bandwidth beyond the pool', () => {
  const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
  const catalogue = () => stripeCatalogue(api);
  beforeEach(() => catalogue().putOverage(euros(5)));
  const subscriptionOf = (id: string) => existing(api.world.subscriptions, id);
  const metered = (id: string) => api.world.prices.get(subscriptionOf(id).metered?.price ?? '');
  /** What the customer's last invoice comes to. */
  const billed = async (customerId: string) =>
    (await payments.invoices({ customerId, first: 1, after: null })).invoices[0]?.total.amountMinor;
  const sell = (subscriptionId: string, amountMinor: number, given = {}) =>
    payments.sellOverage({
      ...{ subscriptionId, interval: 'MONTH', price: euros(amountMinor), isUsed: false, key: newId() },
      ...given,
    });

  test('is sold at what is offered or not at all: another amount at Stripe is refused, and changes nothing', async () => {
    const { customerId, subscriptionId } = await aSubscription();
    await expect(sell(subscriptionId, 4)).rejects.toMatchObject({ currentState: 'NOT_FOR_SALE' });
    expect(await only(customerId)).toMatchObject({ overagePrice: null });
    expect(await sell(subscriptionId, 5)).toEqual(euros(5));
    expect(await only(customerId)).toMatchObject({ overagePrice: euros(5) });
    await expect(sell(subscriptionId, 4)).rejects.toMatchObject({ currentState: 'NOT_FOR_SALE' });
    expect(await only(customerId)).toMatchObject({ overagePrice: euros(5) });
  });

  test('is sold anew at the new price; where something was reported in the period, at that of before, which it is charged at', async () => {
    for (const next of [8, 3]) {
      await catalogue().putOverage(euros(5));
      const { customerId, subscriptionId } = await aSubscription();
      await sell(subscriptionId, 5);
      await payments.reportOverage({ id: newId(), customerId, gigabytes: 2, at: api.now() });
      await catalogue().putOverage(euros(next));
      expect(await sell(subscriptionId, next, { isUsed: true })).toEqual(euros(5));
      expect(metered(subscriptionId)?.unit_amount).toBe(5);
      await payments.reportOverage({ id: newId(), customerId, gigabytes: 1, at: api.now() });
      api.advance(after(32));
      expect(await billed(customerId)).toBe(500 + 3 * 5);
      expect(await sell(subscriptionId, next)).toEqual(euros(next));
      expect(metered(subscriptionId)?.unit_amount).toBe(next);
    }
  });

  test('is not charged for what was reported before its item got another price, as at Stripe', async () => {
    const { customerId, subscriptionId } = await aSubscription();
    await sell(subscriptionId, 5);
    await payments.reportOverage({ id: newId(), customerId, gigabytes: 2, at: api.now() });
    await catalogue().putOverage(euros(3));
    await sell(subscriptionId, 3);
    await payments.reportOverage({ id: newId(), customerId, gigabytes: 1, at: api.now() });
    api.advance(after(32));
    expect(await billed(customerId)).toBe(500 + 3);
  });

  test('has a price that stays active where it is sold at another or no more, so that what names it can be asked for', async () => {
    for (const next of [euros(8), null]) {
      await catalogue().putOverage(euros(5));
      const { customerId, subscriptionId } = await aSubscription(pro);
      await sell(subscriptionId, 5);
      await catalogue().putOverage(next);
      expect(await catalogue().readOverage()).toEqual(next);
      expect(metered(subscriptionId)).toMatchObject({ active: true, unit_amount: 5 });
      await payments.change({ subscriptionId, offer: hobby, begins: 'PERIOD_END', at: api.now(), key: newId() });
      api.advance(after(32));
      expect(await only(customerId)).toMatchObject({ offer: hobby, overagePrice: euros(5) });
    }
    await expect(sell((await aSubscription()).subscriptionId, 5)).rejects.toMatchObject({
      currentState: 'NOT_FOR_SALE',
    });
  });

  test('is sold only as long as that is allowed', async () => {
    const { subscriptionId } = await aSubscription();
    const hold = async () => {
      throw new Error('It is over.');
    };
    await expect(sell(subscriptionId, 5, { hold })).rejects.toThrow('It is over.');
    expect(subscriptionOf(subscriptionId).metered).toBeNull();
    await sell(subscriptionId, 5);
    await catalogue().putOverage(euros(8));
    await expect(sell(subscriptionId, 8, { hold })).rejects.toThrow('It is over.');
    expect(metered(subscriptionId)?.unit_amount).toBe(5);
  });

  test('goes where the plan is paid for so long that it is not sold with that any more, and hinders no change', async () => {
    for (const next of [null, euros(8)]) {
      await catalogue().putOverage(euros(5));
      const { customerId, subscriptionId } = await aSubscription();
      await sell(subscriptionId, 5);
      await catalogue().putOverage(next);
      const yearly = { subscriptionId, offer: { ...hobby, interval: 'YEAR' }, begins: 'NOW', at: api.now() } as const;
      await payments.preview(yearly);
      // With the same interval it stays, whatever it costs others.
      await payments.change({ ...yearly, offer: pro, key: newId() });
      expect(await only(customerId)).toMatchObject({ offer: pro, overagePrice: euros(5) });
      await payments.change({ ...yearly, key: newId() });
      expect(await only(customerId)).toMatchObject({ offer: yearly.offer, overagePrice: null });
    }
  });

  test('goes with the period where a change that is booked leaves it out, and stays where that has it', async () => {
    for (const [next, kept] of [
      [euros(5), euros(5)],
      [null, null],
    ] as const) {
      await catalogue().putOverage(euros(5));
      const customerId = await customer();
      const offer = { ...pro, interval: 'YEAR' } as const;
      const { id: subscriptionId } = api.buy(await openPage(customerId, offer));
      await sell(subscriptionId, 5, { interval: 'YEAR' });
      await catalogue().putOverage(next);
      await payments.change({ subscriptionId, offer: hobby, begins: 'PERIOD_END', at: api.now(), key: newId() });
      expect(await only(customerId)).toMatchObject({ offer, overagePrice: euros(5) });
      api.advance(after(367));
      expect(await only(customerId)).toMatchObject({ offer: hobby, overagePrice: kept });
    }
  });

  test('is lost with a phase in force that lacks it, as at Stripe', async () => {
    const { customerId, subscriptionId } = await aSubscription();
    await sell(subscriptionId, 5);
    const stripe = stripeClient(api);
    const { id } = await stripe.subscriptionSchedules.create({ from_subscription: subscriptionId });
    const { price, periodStart, periodEnd } = subscriptionOf(subscriptionId);
    await stripe.subscriptionSchedules.update(id, {
      phases: [{ items: [{ price, quantity: 1 }], start_date: periodStart, end_date: periodEnd }],
    });
    expect(await only(customerId)).toMatchObject({ overagePrice: null });
  });

  test('is counted once for a report, of whichever moment it is told to be', async () => {
    const { customerId, subscriptionId } = await aSubscription();
    await sell(subscriptionId, 5);
    const report = { id: newId(), customerId, gigabytes: 3 };
    await payments.reportOverage({ ...report, at: api.now() });
    await payments.reportOverage({ ...report, at: api.now() });
    await payments.reportOverage({ ...report, at: new Date(api.now().getTime() + 60_000) });
    expect([...api.world.meterEvents.values()].map(({ value }) => value)).toEqual([3]);
  });
});

describe('an event', () => {
  let read: ReturnType<typeof stripeEventReader>;
  beforeAll(() => {
    read = stripeEventReader(['whsec_new', 'whsec_old']);
  });
  afterAll(() => undefined);
  const event = async () => {
    const { customerId } = await aSubscription();
    const [first] = api.events.filter(({ type }) => type === 'customer.subscription.created');
    if (!first) throw new Error('Nothing has happened.');
    return { first, customerId };
  };

  test('is read when it was signed just now with any of the secrets, and never else', async () => {
    const { first, customerId } = await event();
    const known = { id: first.id, type: first.type, isLive: false, customerId };
    for (const secret of ['whsec_new', 'whsec_old']) {
      const { body, signature } = signed(first, secret);
      expect(await read(Buffer.from(body), signature)).toEqual(known);
      expect(await read(Buffer.from(body.replace('cus_', 'cus_x')), signature)).toBeNull();
    }
    const stale = signed(first, 'whsec_new', new Date(Date.now() - 301_000));
    expect(await read(Buffer.from(stale.body), stale.signature)).toBeNull();
    const foreign = signed(first, 'whsec_other');
    expect(await read(Buffer.from(foreign.body), foreign.signature)).toBeNull();
    expect(await read(Buffer.from(foreign.body), 'nonsense')).toBeNull();
  });
});

test('a share of an amount is a whole number, rounded at the half', () => {
  expect([portion(500, 1, 2), portion(1, 1, 2), portion(-1, 1, 2), portion(999, 1, 3)]).toEqual([250, 1, 0, 333]);
});
