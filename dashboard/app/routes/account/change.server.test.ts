import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeAccount } from './change.server.js';

let answer: object = {};
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: answer }));
});
let serverUrl = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await once(server.close(), 'close');
});

const change = (fields: Record<string, string>) => {
  const request = new Request('http://localhost/account', { method: 'POST', body: new URLSearchParams(fields) });
  return changeAccount({
    request,
    params: {},
    context: { serverUrl, visitor: '192.0.2.1', requestId: 'request-7', nonce: '' },
  });
};
const codesAre = (recoveryCodes: readonly string[] | null) => {
  const __typename = 'AccountRecoveryCodesRegeneratePayload';
  answer = { accountRecoveryCodesRegenerate: { __typename, recoveryCodes, replayed: recoveryCodes === null } };
  return change({ intent: 'recovery', password: 'a password' });
};

test('new recovery codes are shown, and where a replay has none the page asks to make them once more', async () => {
  expect(await codesAre(['aaaa-bbbb-cccc'])).toMatchObject({ shown: { recoveryCodes: ['aaaa-bbbb-cccc'] } });
  const replayed = await codesAre(null);
  expect(replayed).toMatchObject({ problem: { message: expect.stringContaining('Make them once more') } });
  expect(replayed).not.toHaveProperty('shown');
});
