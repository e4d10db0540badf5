import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { makeCertificate } from '@apployd/backplane/certificate/make-certificate';
import { systemClock } from '@apployd/core/clock';
import { caaIdentities } from './caa-identities.js';

const opened: https.Server[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await new Promise((resolve) => server.close(resolve).closeAllConnections());
});
const never = new AbortController().signal;

/** An authority whose directory says this, and which can be asked at any time. */
async function authority(body: () => unknown) {
  const { chain, key } = await makeCertificate({ names: ['127.0.0.1'], isAuthority: true });
  let asked = 0;
  const server = https.createServer({ cert: chain, key }, (_, response) => {
    asked += 1;
    response.end(JSON.stringify(body()));
  });
  opened.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let now = new Date();
  const directory = `https://127.0.0.1:${(server.address() as AddressInfo).port}/directory`;
  const warned: unknown[] = [];
  const log = { warn: (about: unknown) => void warned.push(about) };
  const identities = caaIdentities({ directory, ca: chain, log, clock: { ...systemClock, now: () => now } });
  return {
    identities: () => identities(never),
    asked: () => asked,
    warned,
    server,
    later: (ms: number) => (now = new Date(now.getTime() + ms)),
  };
}

test('the authority says once a day as whom CAA records name it', async () => {
  const { identities, asked, later } = await authority(() => ({
    meta: { caaIdentities: ['CA.example', 'b.example'] },
  }));
  expect(await identities()).toEqual(['ca.example', 'b.example']);
  expect(await identities()).toEqual(['ca.example', 'b.example']);
  expect(asked()).toBe(1);
  later(86_400_000);
  await identities();
  expect(asked()).toBe(2);
});

test('of one that does not say it nothing is known, and what one has said stays known while it is away', async () => {
  const silent = await authority(() => ({ newOrder: 'https://ca.example/order' }));
  expect(await silent.identities()).toBeNull();
  const { identities, later, server, warned } = await authority(() => ({ meta: { caaIdentities: ['ca.example'] } }));
  await identities();
  await new Promise((resolve) => server.close(resolve));
  later(86_400_000);
  expect(await identities()).toEqual(['ca.example']);
  expect(warned).toHaveLength(1);
  // Not at every look.
  await identities();
  expect(warned).toHaveLength(1);
});

test('the name of the usual authority is known also while it cannot be asked', async () => {
  const directory = 'https://acme-v02.api.letsencrypt.org/directory';
  const identities = caaIdentities({ directory, ca: null, log: { warn: () => undefined } });
  expect(await identities(AbortSignal.abort())).toEqual(['letsencrypt.org']);
});
