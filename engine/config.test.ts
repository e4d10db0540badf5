import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { readConfig } from './config.js';

const given = { DATABASE_URL: 'postgresql://127.0.0.1/x', APPLOYD_SECRET: randomBytes(32).toString('hex') };

test('steps of builds are kept for an hour at least, so that no build that is under way loses its own', () => {
  expect(readConfig({ ...given, ENGINE_BUILD_CACHE_HOURS: '1' }).ENGINE_BUILD_CACHE_HOURS).toBe(1);
  expect(() => readConfig({ ...given, ENGINE_BUILD_CACHE_HOURS: '0.9' })).toThrow('ENGINE_BUILD_CACHE_HOURS');
});

test('certificates are ordered only by an engine that can seal their keys', () => {
  const directory = { ENGINE_ACME_DIRECTORY: 'https://acme.example.com/directory' };
  expect(() => readConfig({ ...given, ...directory })).toThrow('APPLOYD_CERTIFICATE_SECRET');
  const secret = '6f1c0a5d9be84277a3c2415f86d09e7b';
  expect(readConfig({ ...given, ...directory, APPLOYD_CERTIFICATE_SECRET: secret })).toMatchObject(directory);
});

test('host names are set at Cloudflare only by an engine that has a token and knows where they are to lead', () => {
  const cloudflare = { ...given, ENGINE_DNS: 'cloudflare' };
  const [token, addresses] = [{ ENGINE_CLOUDFLARE_TOKEN: 'token' }, { APPLOYD_EDGE_ADDRESSES: '192.0.2.1' }];
  expect(() => readConfig({ ...cloudflare, ...addresses })).toThrow('ENGINE_CLOUDFLARE_TOKEN');
  for (const none of [{}, { APPLOYD_EDGE_ADDRESSES: ' , ' }]) {
    expect(() => readConfig({ ...cloudflare, ...token, ...none })).toThrow('APPLOYD_EDGE_ADDRESSES');
  }
  expect(readConfig({ ...cloudflare, ...token, ...addresses }).ENGINE_DNS).toBe('cloudflare');
});
