import { silentLogger } from '@apployd/backplane/log/logger';
import { deferred } from '../testing/deferred.js';
import { expect, test } from 'vitest';
import { handOverAtTimes } from './hand-over-at-times.js';

function aHandingOver(handOver: () => Promise<void>) {
  let ms = 0;
  let times = 0;
  const counted = async () => {
    times += 1;
    await handOver();
  };
  const handing = handOverAtTimes(counted, silentLogger, () => ms);
  return { ...handing, later: (by: number) => void (ms += by), times: () => times };
}

test('it is handed over at most every ten seconds, and once at a time', async () => {
  const first = deferred<void>();
  const { sometimes, later, times, now } = aHandingOver(() => first.promise);
  sometimes();
  sometimes();
  later(60_000);
  sometimes();
  expect(times()).toBe(1);
  first.resolve();
  await now();
  expect(times()).toBe(2);
  sometimes();
  expect(times()).toBe(2);
  later(10_000);
  sometimes();
  expect(times()).toBe(3);
});

test('at the end nobody waits for a database that was away the last time', async () => {
  const { sometimes, now, times } = aHandingOver(async () => {
    throw new Error('The database is away.');
  });
  sometimes();
  await now();
  expect(times()).toBe(1);
});
