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
  ['/', '/'],
  ['/acme?to=//evil.example', '/acme?to=//evil.example'],
  ['/caf\u00e9', '/caf%C3%A9'],
  ['/\t/evil.example', '/'],
  ['/\n/evil.example', '/'],
  ['/\r/evil.example', '/'],
  ['\t//evil.example', '/'],
  ['/\u0000/evil.example', '/'],
  ['/\u007f/evil.example', '/'],
  ['///evil.example', '/'],
  ['/\\/evil.example', '/'],
  ['\\/evil.example', '/'],
  ['\\\\evil.example', '/'],
  ['/acme\\..\\evil', '/'],
  ['http:evil.example', '/'],
  ['http:/evil.example', '/'],
  ['//evil.example:no port', '/'],
  ['/.//evil.example', '/'],
  ['/acme/..//evil.example', '/'],
  ['/%2e//evil.example', '/'],
  ['/%2E%2e//evil.example', '/'],
  ['/%2f/evil.example', '/%2f/evil.example'],
  ['/%5cevil.example', '/%5cevil.example'],
  ['/%09/evil.example', '/%09/evil.example'],
])('signing in with %j leads to %j', (to, target) => {
  expect(targetOf(login(to))).toBe(target);
});

test.each(['%09/evil.example', '%0a/evil.example', '%0D%0A/evil.example', '%5C/evil.example', '%2fevil.example'])(
  'signing in with ?to=/%s leads to no other site',
  (rest) => {
    expect(targetOf(new Request(`http://localhost/login?to=/${rest}`))).toBe('/');
  },
);
