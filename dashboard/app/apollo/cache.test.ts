import { expect, test } from 'vitest';
import { later } from './cache.js';

test('a status never goes back, whatever arrives late', () => {
  expect(later('BUILDING', 'QUEUED')).toBe('BUILDING');
  expect(later('READY', 'DEPLOYING')).toBe('READY');
  expect(later('QUEUED', 'BUILDING')).toBe('BUILDING');
  expect(later('DEPLOYING', 'FAILED')).toBe('FAILED');
  expect(later(undefined, 'QUEUED')).toBe('QUEUED');
});
