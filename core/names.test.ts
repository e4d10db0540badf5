import { expect, test } from 'vitest';
import { normalHostname, platformHostname } from './hostname.js';
import { isReserved, isSlug, reservedSlugs, slugFrom, slugWith } from './slug.js';
import { variableKeyProblem } from './variable.js';

test('a platform host name has one label of at most 63 characters, whatever the names', () => {
  const long = { project: 'p'.repeat(40), organization: 'o'.repeat(40), base: 'example.com' };
  expect(platformHostname({ project: 'shop', organization: 'acme', base: 'localhost' })).toBe('shop-acme.localhost');
  expect(platformHostname({ project: 'shop', environment: 'staging', organization: 'acme', base: 'x.io' })).toBe(
    'shop-staging-acme.x.io',
  );
  for (const suffix of [undefined, 'k3x9']) {
    const [label = ''] = platformHostname({ ...long, suffix }).split('.');
    expect(label.length).toBeLessThanOrEqual(63);
    expect(label).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    if (suffix) expect(label.endsWith(`-${suffix}`)).toBe(true);
  }
});

test('host names are compared without case, port and trailing dot', () => {
  for (const host of ['Shop.Example.COM', 'shop.example.com:8080', 'shop.example.com.', 'SHOP.example.com.:80']) {
    expect(normalHostname(host)).toBe('shop.example.com');
  }
});

test('a slug is made from any name that holds a letter or digit', () => {
  expect(slugFrom('My Café Shop!')).toBe('my-cafe-shop');
  expect(slugFrom('  --  ')).toBeNull();
  expect(slugFrom('Пример')).toBeNull();
  for (const name of ['a', 'x'.repeat(100), 'a  b', '-a-', `${'a'.repeat(39)} b`])
    expect(isSlug(slugFrom(name) ?? '')).toBe(true);
  for (const text of ['', '-a', 'a-', 'a--b', 'A', 'a_b', 'x'.repeat(41)]) expect(isSlug(text)).toBe(false);
});

test('what a page is called, no organization or project is', () => {
  for (const slug of ['login', 'signup', 'logout', 'account', 'theme', 'graphql'])
    expect(isReserved('organization', slug)).toBe(true);
  for (const slug of ['new', 'pool', 'settings']) expect(isReserved('project', slug)).toBe(true);
  expect(isReserved('project', 'login')).toBe(false);
  expect(isReserved('organization', 'new-york')).toBe(false);
  for (const slug of Object.values(reservedSlugs).flat()) expect(isSlug(slug)).toBe(true);
});

test('letters behind a slug leave it one, and not reserved', () => {
  for (const slug of ['pool', 'x'.repeat(40), `${'x'.repeat(32)}-yyyyyyy`]) {
    expect(isSlug(slugWith(slug, '1a2b3c'))).toBe(true);
    expect(slugWith(slug, '1a2b3c')).toMatch(/-1a2b3c$/);
  }
});

test('variables have the names that a shell would take, and never that of the port', () => {
  for (const key of ['A', '_x', 'DATABASE_URL', 'a1']) expect(variableKeyProblem(key)).toBeNull();
  for (const key of ['', '1A', 'A B', 'A=B', 'A\nB', 'É', 'PORT', 'x'.repeat(200)])
    expect(variableKeyProblem(key)).toMatch(/\.$/);
});
