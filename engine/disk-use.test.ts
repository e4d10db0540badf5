import os from 'node:os';
import { expect, test } from 'vitest';
import { diskUse } from './disk-use.js';

test('a disk is between empty and full, and a folder that is not there says nothing', async () => {
  const percent = await diskUse([os.tmpdir(), '/no/such/folder'])();
  expect(percent).toBeGreaterThan(0);
  expect(percent).toBeLessThanOrEqual(100);
  expect(await diskUse(['/no/such/folder'])()).toBe(0);
});
