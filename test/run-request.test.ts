import { expect, test } from 'vitest';
import { readRequest } from './run-request.js';

test('what is not ours goes to vitest as it came', () => {
  const request = readRequest(['core', '-t', 'a name', '--no-setup', '--bail=1'], '');
  expect(request).toEqual({ without: [], setup: false, rest: ['core', '-t', 'a name', '--bail=1'] });
});

test('suites are left out by either spelling, and those of the environment too', () => {
  expect(readRequest(['--without', 'docker,browser'], '').without).toEqual(['docker', 'browser']);
  expect(readRequest(['--without=redis'], 'docker').without).toEqual(['docker', 'redis']);
});

test('an unknown suite is refused by name', () => {
  expect(() => readRequest(['--without', 'doker'], '')).toThrow('There is no suite "doker"');
  expect(() => readRequest(['--without'], '')).toThrow('--without takes a list');
});
