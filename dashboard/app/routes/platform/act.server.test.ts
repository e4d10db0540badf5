import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actOnPlatform } from './act.server.js';

const changed = { __typename: 'PlanUpdatePayload', plan: { name: 'Pro' }, organizations: 1, replayed: false };
let answer: object = {};
let asked: unknown[] = [];
const server = createServer((request, response) => {
  void text(request).then((body) => {
    asked.push((JSON.parse(body) as { variables: unknown }).variables);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: { planUpdate: answer } }));
  });
});
let serverUrl = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await once(server.close(), 'close');
});

const plan = {
  ...{ intent: 'plan PRO', planId: 'pln_1', version: '3', name: 'Pro', memoryBytes: '512', cpuMillicores: '1' },
  ...{ bandwidthBytesPerMonth: '100', maxProjects: '10', maxConcurrentBuilds: '2', logRetentionDays: '30' },
  ...{ autoSleepMinutes: '', bandwidthRule: 'STOP', throttleKb: '100', isSelectable: 'on' },
};
const change = (prices: Record<string, string>, said: object = changed) => {
  [answer, asked] = [said, []];
  const body = new URLSearchParams({ ...plan, currency: '', monthlyPrice: '', yearlyPrice: '', ...prices });
  return actOnPlatform({
    request: new Request('http://localhost/platform', { method: 'POST', body }),
    params: {},
    context: { serverUrl, visitor: '192.0.2.1', requestId: 'request-7', nonce: '' },
  });
};

test('prices are sent in the smallest unit of their currency, and none for what is not sold', async () => {
  const saved = { intent: 'plan PRO', saved: 'Pro is changed. 1 organization has it.' };
  const sold = await change({ currency: 'eur', monthlyPrice: '19.90', yearlyPrice: '199' });
  expect(sold).toEqual({ ...saved, saved: expect.stringMatching(/organization has it\. .*npm run billing:sync/) });
  const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
  expect(asked).toMatchObject([{ input: { planId: 'pln_1', monthlyPrice: euros(1_990), yearlyPrice: euros(19_900) } }]);
  await change({ currency: 'JPY', yearlyPrice: '1500' });
  expect(asked).toMatchObject([
    { input: { monthlyPrice: null, yearlyPrice: { amountMinor: 1_500, currency: 'JPY' } } },
  ]);
  expect(await change({ currency: 'EUR' })).toEqual(saved);
  expect(asked).toMatchObject([{ input: { monthlyPrice: null, yearlyPrice: null } }]);
});

test('a form that has no fields for prices leaves them as they are', async () => {
  [answer, asked] = [changed, []];
  const request = new Request('http://localhost/platform', { method: 'POST', body: new URLSearchParams(plan) });
  await actOnPlatform({ request, params: {}, context: { serverUrl, visitor: '192.0.2.1', requestId: 'r', nonce: '' } });
  expect(asked).toMatchObject([{ input: { planId: 'pln_1' } }]);
  expect(JSON.stringify(asked)).not.toContain('Price');
});

test.each([
  [{ monthlyPrice: '20' }, ['monthlyPrice.currency']],
  [{ currency: 'EURO', monthlyPrice: '20' }, ['monthlyPrice.currency']],
  [{ currency: 'EUR', monthlyPrice: '19.999' }, ['monthlyPrice.amountMinor']],
  [{ currency: 'JPY', monthlyPrice: '20', yearlyPrice: '15.5' }, ['yearlyPrice.amountMinor']],
  [
    { currency: 'EUR', monthlyPrice: 'much', yearlyPrice: '1,000' },
    ['monthlyPrice.amountMinor', 'yearlyPrice.amountMinor'],
  ],
])('%o are refused beside their fields, and nobody is asked', async (prices, fields) => {
  const refused = await change(prices as Record<string, string>);
  expect(Object.keys((refused as { problem: { fields: object } }).problem.fields)).toEqual(fields);
  expect(asked).toEqual([]);
});

test('what the API finds wrong with a price stands beside its field', async () => {
  const issues = [
    { path: ['monthlyPrice', 'amountMinor'], rule: 'OUT_OF_RANGE', message: 'A price is 1 to 99999999.' },
  ];
  const refusal = { __typename: 'ValidationError', code: 'VALIDATION', message: 'No.', retryable: false, issues };
  expect(await change({ currency: 'EUR', monthlyPrice: '0' }, refusal)).toMatchObject({
    problem: { fields: { 'monthlyPrice.amountMinor': 'A price is 1 to 99999999.' } },
  });
});
