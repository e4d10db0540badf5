import { expect, test, vi } from 'vitest';
import { looking } from './looking.js';

test('all who ask in one moment look once, and who asks later once more', async () => {
  const [lookOnce, look] = [looking(), vi.fn()];
  for (let asked = 0; asked < 3; asked += 1) lookOnce(look);
  await Promise.resolve();
  expect(look).toHaveBeenCalledTimes(1);
  lookOnce(look);
  await Promise.resolve();
  expect(look).toHaveBeenCalledTimes(2);
});
