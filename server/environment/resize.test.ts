import { expect, test } from 'vitest';
import type { Context } from '../context.js';
import { reachedResizes } from './resize.js';

const resizes = ['production', 'staging'].map((environmentId) => ({ environmentId, how: 'LIVE' as const }));
const told = (credential: object) => reachedResizes({ viewer: { credential } } as unknown as Context, resizes);

test('of a change that reaches several environments a token of one is told its own part', () => {
  expect(told({ kind: 'token', environmentId: 'staging' })).toEqual([{ environmentId: 'staging', how: 'LIVE' }]);
  expect(told({ kind: 'token', environmentId: null })).toEqual(resizes);
  expect(told({ kind: 'session' })).toEqual(resizes);
});
