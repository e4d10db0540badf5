import { expect, test } from 'vitest';
import { readConfig } from './config.js';

const least = { DATABASE_URL: 'postgresql://127.0.0.1/apployd' };

test('a database address is enough', () => {
  expect(readConfig(least)).toMatchObject({
    EDGE_HOST: '127.0.0.1',
    EDGE_PORT: 8080,
    EDGE_TRUSTED_PROXIES: [],
    APPLOYD_SERVER_URL: 'http://127.0.0.1:4000',
  });
});

test('the secret of the platform is not taken in', () => {
  expect(readConfig({ ...least, APPLOYD_SECRET: 'x'.repeat(40) })).not.toHaveProperty('APPLOYD_SECRET');
});

test('trusted proxies are addresses and subnets', () => {
  expect(readConfig({ ...least, EDGE_TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).EDGE_TRUSTED_PROXIES).toEqual([
    '10.0.0.0/8',
    '::1',
  ]);
  expect(() => readConfig({ ...least, EDGE_TRUSTED_PROXIES: 'everyone' })).toThrow('EDGE_TRUSTED_PROXIES');
});

test('TLS is served only by an edge that can open the keys of certificates', () => {
  expect(() => readConfig({ ...least, EDGE_TLS_PORT: '443' })).toThrow('APPLOYD_CERTIFICATE_SECRET');
  const secret = '6f1c0a5d9be84277a3c2415f86d09e7b';
  expect(readConfig({ ...least, EDGE_TLS_PORT: '443', APPLOYD_CERTIFICATE_SECRET: secret }).EDGE_TLS_PORT).toBe(443);
});
