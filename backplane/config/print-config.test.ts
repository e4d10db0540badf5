import { expect, test } from 'vitest';
import { maskSecrets } from './print-config.js';

test('secrets and the passwords inside URLs are masked, and nothing else', () => {
  const config = {
    DATABASE_URL: 'postgresql://app:hunter2@db:5432/app?sslmode=require',
    REDIS_URL: 'redis://:hunter2@cache:6379',
    EVENTS_DATABASE_URL: 'postgresql://db/app?user=me&password=hunter2&sslPassword=hunter3&sslmode=require#x',
    MAIL_URL: 'smtps://ada@example.com:hunt@er2@mail.example.com:465',
    APPLOYD_SECRET: 'abc',
    STRIPE_API_KEY: 'abc',
    nested: { token: 'abc', port: 1 },
    APPLOYD_PUBLIC_URL: 'https://apployd.example',
    list: ['a'],
    nothing: undefined,
  };
  expect(maskSecrets(config)).toEqual({
    DATABASE_URL: 'postgresql://app:********@db:5432/app?sslmode=require',
    REDIS_URL: 'redis://:********@cache:6379',
    EVENTS_DATABASE_URL: 'postgresql://db/app?user=me&password=********&sslPassword=********&sslmode=require#x',
    MAIL_URL: 'smtps://ada@example.com:********@mail.example.com:465',
    APPLOYD_SECRET: '********',
    STRIPE_API_KEY: '********',
    nested: { token: '********', port: 1 },
    APPLOYD_PUBLIC_URL: 'https://apployd.example',
    list: ['a'],
    nothing: undefined,
  });
});
