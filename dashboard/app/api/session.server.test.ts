import { expect, test } from 'vitest';
import { targetOf } from './session.server.js';

const login = (to: string) => new Request(`http://localhost/login?${new URLSearchParams({ to })}`);

test.each([
  ['/acme/shop?x=1', '/acme/shop?x=1'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['', '/'],
])('signing in with %j leads to %j', (to, target) => {
  expect(targetOf(login(to))).toBe(target);
});
