import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { readConfig } from './config.js';

const given = { DATABASE_URL: 'postgresql://127.0.0.1/x', APPLOYD_SECRET: randomBytes(32).toString('hex') };

test('steps of builds are kept for an hour at least, so that no build that is under way loses its own', () => {
  expect(readConfig({ ...given, ENGINE_BUILD_CACHE_HOURS: '1' }).ENGINE_BUILD_CACHE_HOURS).toBe(1);
  expect(() => readConfig({ ...given, ENGINE_BUILD_CACHE_HOURS: '0.9' })).toThrow('ENGINE_BUILD_CACHE_HOURS');
});
