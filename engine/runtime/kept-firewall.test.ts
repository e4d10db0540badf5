import { expect, test, vi } from 'vitest';
import { keptFirewall } from './kept-firewall.js';

test('what needs the rules waits for the first time they are put up, and never again', async () => {
  const ending = new AbortController();
  let up = (_: boolean) => {};
  const ensure = vi.fn(() => new Promise<boolean>((resolve) => (up = resolve)));
  const firewall = keptFirewall({ ensure }, ending.signal);
  let waiting = 2;
  const both = [firewall.ensure(), firewall.ensure()].map((one) => one.then(() => (waiting -= 1)));
  await Promise.resolve();
  expect([waiting, ensure.mock.calls.length]).toEqual([2, 1]);
  up(true);
  await Promise.all(both);
  await firewall.ensure();
  expect(ensure).toHaveBeenCalledTimes(1);
  ending.abort();
});

test('where they could not be put up, the next one that needs them tries again', async () => {
  const ending = new AbortController();
  const stand = [false, true, true];
  const ensure = vi.fn(async () => stand.shift() ?? true);
  const firewall = keptFirewall({ ensure }, ending.signal);
  expect([await firewall.ensure(), await firewall.ensure(), await firewall.ensure()]).toEqual([false, true, true]);
  expect(ensure).toHaveBeenCalledTimes(2);
  ending.abort();
});

test('rules are put up again and again, one at a time, until it ends', async () => {
  const ending = new AbortController();
  let atOnce = 0;
  const most: number[] = [];
  const ensure = vi.fn(async () => {
    most.push((atOnce += 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    atOnce -= 1;
    return true;
  });
  keptFirewall({ ensure }, ending.signal, 5);
  await expect.poll(() => ensure.mock.calls.length).toBeGreaterThan(2);
  ending.abort();
  const times = ensure.mock.calls.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(ensure.mock.calls.length).toBe(times);
  expect(Math.max(...most)).toBe(1);
});
