import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { isOwnOrigin } from './origin.js';

const asked = (origin: string | undefined, publicUrl: string) =>
  isOwnOrigin({ headers: { origin } } as IncomingMessage, publicUrl);

test('at home on one machine, all names of that machine are its own, at its port', () => {
  const home = 'http://localhost:8080';
  for (const own of [undefined, home, 'http://127.0.0.1:8080', 'http://[::1]:8080'])
    expect(asked(own, home)).toBe(true);
  for (const other of [
    'http://127.0.0.1:8081',
    'https://localhost:8080',
    'http://localhost.evil.example:8080',
    'null',
    '',
  ])
    expect(asked(other, home)).toBe(false);
});

test('out in the world nothing is but its own address', () => {
  const world = 'https://apployd.example.com';
  expect(asked(world, world)).toBe(true);
  for (const other of ['http://localhost', 'http://127.0.0.1', 'https://apployd.example.com.evil.example'])
    expect(asked(other, world)).toBe(false);
});
