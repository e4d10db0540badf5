import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { contentSecurityPolicy, foreignOrigin, hostOf } from './safety.js';

const request = (method: string, headers: IncomingMessage['headers']) => ({ method, headers }) as IncomingMessage;

test('a form of another site is turned away, one of ours is not', () => {
  const host = 'apployd.example.com';
  expect(foreignOrigin(request('POST', { host, origin: 'https://apployd.example.com' }))).toBe(false);
  expect(
    foreignOrigin(request('POST', { host: 'inner:3000', 'x-forwarded-host': host, origin: `https://${host}` })),
  ).toBe(false);
  expect(foreignOrigin(request('POST', { host, origin: 'https://shop.apployd.example.com' }))).toBe(true);
  expect(foreignOrigin(request('POST', { host, origin: 'null' }))).toBe(true);
  expect(foreignOrigin(request('POST', { host, 'sec-fetch-site': 'cross-site' }))).toBe(true);
  expect(foreignOrigin(request('GET', { host, origin: 'https://evil.example' }))).toBe(false);
});

test('what is no host is not one', () => {
  expect(hostOf({ host: 'localhost:8080' })).toBe('localhost:8080');
  expect(hostOf({ host: 'x; script-src *' })).toBeNull();
});

test('scripts and style elements stand by nonce alone', () => {
  const policy = contentSecurityPolicy('abc', 'localhost:8080');
  expect(policy).toContain("script-src 'self' 'nonce-abc'");
  expect(policy).toContain("style-src 'self' 'nonce-abc'");
  expect(policy).not.toMatch(/(script|style)-src [^;]*unsafe/);
});

test('forms lead to our own pages, and to those on which something is paid', () => {
  const directives = contentSecurityPolicy('abc', null).split('; ');
  expect(directives).toContain("form-action 'self' https://checkout.stripe.com https://billing.stripe.com");
});
