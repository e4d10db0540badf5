import { expect, test } from 'vitest';
import { ownSecrets } from './own-secrets.js';

test('secrets by their names, and the passwords in addresses, are found among settings', () => {
  const settings = {
    APPLOYD_SECRET: 'first-of-two-secrets, second-of-two-secrets',
    DATABASE_URL: 'postgresql://me:p%40ssword%21@db/x?sslpassword=keypassword&sslmode=require',
    REDIS_URL: 'rediss://:redispassword@cache:6379',
    HTTPS_PROXY: 'http://me:proxypassword@proxy',
    STRIPE_API_KEY: 'sk_test_1234',
    SERVER_PORT: 4000,
    APPLOYD_PUBLIC_URL: 'https://apployd.example',
    LOG_LEVEL: 'info',
  };
  expect(ownSecrets(settings)).toEqual([
    'first-of-two-secrets',
    'second-of-two-secrets',
    'p%40ssword%21',
    'p@ssword!',
    'keypassword',
    'redispassword',
    'proxypassword',
    'sk_test_1234',
  ]);
});

test('a password that is short, or the name of its user, is none that a log is searched for', () => {
  const addresses = ['postgresql://postgres:postgres@db/x', 'redis://:short@cache', 'not an address'];
  expect(ownSecrets(Object.fromEntries(addresses.entries()))).toEqual([]);
});
