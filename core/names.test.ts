import { expect, test } from 'vitest';
import { normalHostname, platformHostname } from './hostname.js';
import { isSlug, slugFrom } from './slug.js';
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

test('variables have the names that a shell would take, and never that of the port', () => {
  for (const key of ['A', '_x', 'DATABASE_URL', 'a1']) expect(variableKeyProblem(key)).toBeNull();
  for (const key of ['', '1A', 'A B', 'A=B', 'A\nB', 'É', 'PORT', 'x'.repeat(200)])
    expect(variableKeyProblem(key)).toMatch(/\.$/);
});
