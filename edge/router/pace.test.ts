import { expect, test } from 'vitest';
import { pacer } from './pace.js';

const KiB = 1024;

/** Takes what comes at once, and says how much that was so far. */
function take(pace: ReturnType<ReturnType<typeof pacer>['stream']>) {
  const taken = { bytes: 0 };
  pace.on('data', (chunk: Buffer) => (taken.bytes += chunk.length));
  return taken;
}

function bench() {
  const clock = { ms: 0 };
  return { clock, paces: pacer(() => clock.ms) };
}

test('what was promised at a low rate does not hold back a higher one', async () => {
  const { clock, paces } = bench();
  const rate = { bytesPerSecond: (16 * KiB) as number | null };
  const streams = Array.from({ length: 20 }, () => paces.stream('one', () => rate.bytesPerSecond));
  const all = streams.map((stream) => {
    const taken = take(stream);
    stream.write(Buffer.alloc(16 * KiB));
    return taken;
  });
  await expect.poll(() => paces.waitMs('one', 16 * KiB)).toBe(19_000);
  rate.bytesPerSecond = 19 * 16 * KiB;
  clock.ms += 1_000;
  await expect.poll(() => all.every(({ bytes }) => bytes === 16 * KiB), { timeout: 5_000 }).toBe(true);
});

test('once it is lifted nothing is owed any more', async () => {
  const { paces } = bench();
  const rate = { bytesPerSecond: (16 * KiB) as number | null };
  const stream = paces.stream('one', () => rate.bytesPerSecond);
  const taken = take(stream);
  stream.write(Buffer.alloc(64 * KiB));
  await expect.poll(() => paces.waitMs('one', 16 * KiB)).toBe(1_000);
  rate.bytesPerSecond = null;
  await expect.poll(() => taken.bytes, { timeout: 5_000 }).toBe(64 * KiB);
  expect(paces.waitMs('one', 16 * KiB)).toBe(0);
});

test('who leaves gives back what was promised, and nobody behind waits for it', async () => {
  const { clock, paces } = bench();
  const open = () => {
    const stream = paces.stream('one', () => 16 * KiB);
    const taken = take(stream);
    stream.write(Buffer.alloc(16 * KiB));
    return { stream, taken };
  };
  const [first, ...leave] = Array.from({ length: 10 }, open);
  const last = open();
  await expect.poll(() => paces.waitMs('one', 16 * KiB)).toBe(10_000);
  expect(first?.taken.bytes).toBe(16 * KiB);
  for (const { stream } of leave) stream.destroy();
  await expect.poll(() => paces.waitMs('one', 16 * KiB)).toBe(1_000);
  clock.ms += 1_000;
  await expect.poll(() => last.taken.bytes, { timeout: 5_000 }).toBe(16 * KiB);
});

test('the rate of a stream that is open and rests is not given a second time to another', async () => {
  const { clock, paces } = bench();
  const open = (environmentId: string) => paces.stream(environmentId, () => 16 * KiB);
  const resting = open('one');
  for (let i = 0; i < 1_000; i += 1) open(String(i)).destroy();
  clock.ms += 60_000;
  open('more').destroy();
  const [before, beside] = [take(resting), open('one')];
  const after = take(beside);
  resting.write(Buffer.alloc(16 * KiB));
  await expect.poll(() => before.bytes).toBe(16 * KiB);
  beside.write(Buffer.alloc(16 * KiB));
  await expect.poll(() => paces.waitMs('one', 16 * KiB)).toBe(1_000);
  expect(after.bytes).toBe(0);
});
