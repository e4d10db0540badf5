import { randomUUID } from 'node:crypto';
import { deadlineIn } from '@apployd/core/deadline';
import { buildLogOf, maxLineBytes, type LogLine, type NewLogLine } from '@apployd/core/log-line';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogFilter } from './log-filter.js';
import { LogStreamEnded, type LogBatch, type LogEnd, type LogGap, type LogRange, type Logs } from './logs.js';

export type LogsBackend = {
  /** Logs as one process sees them. */
  connect(): Logs;
  /** The id of an instance of which nothing is stored yet. */
  anInstance(): Promise<string>;
  close(): Promise<void>;
};

const organizationId = randomUUID();
const deploymentId = randomUUID();

/** What every adapter of Logs keeps to. */
export function logsConformance(name: string, open: () => Promise<LogsBackend>): void {
  describe(`logs in ${name}`, () => {
    let backend: LogsBackend;
    let here: Logs;
    let there: Logs;

    beforeAll(async () => {
      backend = await open();
      here = backend.connect();
      there = backend.connect();
    });
    afterAll(async () => {
      await here?.close();
      await there?.close();
      await backend?.close();
    });

    const append = (logs: Logs, stream: ReturnType<typeof aStream>, messages: readonly string[]) =>
      logs.append(stream, organizationId, messages.map(aLine));

    test('lines are numbered 1, 2, 3 … and read back as they were written', async () => {
      const stream = aStream();
      const lines: NewLogLine[] = [
        { at: new Date('2026-01-02T03:04:05.678Z'), source: 'BUILD', message: 'größer → 日本 🚀', deploymentId },
        { at: new Date('2026-01-02T03:04:06.000Z'), source: 'PLATFORM', message: '', deploymentId },
        { at: new Date('2026-01-02T03:04:06.001Z'), source: 'STDERR', message: 'a\0b \u001b[31mred', deploymentId },
      ];
      expect(await here.append(stream, organizationId, lines)).toBe(3n);
      expect(await here.append(stream, organizationId, [])).toBe(3n);
      const { lines: read, ...rest } = await there.read(stream, { limit: 10 });
      expect(read).toEqual(lines.map((line, index) => ({ ...line, sequence: index + 1, truncated: false })));
      expect(rest).toEqual({ hasPrevious: false, hasNext: false, ended: false });
    });

    test('a checkpoint goes along with the lines, and where it is elsewhere nothing is stored', async () => {
      const stream = aStream();
      const instanceId = await backend.anInstance();
      const move = (message: string[], from: string | null, to: string) =>
        here.append(stream, organizationId, message.map(aLine), { instanceId, from, to });
      expect(await move(['one'], null, 'a')).toBe(1n);
      await expect(move(['one'], null, 'a')).rejects.toMatchObject({ name: 'LogCheckpointMoved', at: 'a' });
      expect(await move([], 'a', 'b')).toBe(1n);
      await expect(move([], 'a', 'c')).rejects.toMatchObject({ at: 'b' });
      expect(await move(['rest'], 'b', 'b')).toBe(2n);
      expect(await move([], 'b', 'b')).toBe(2n);
      const both = await Promise.allSettled([move(['two'], 'b', 'c'), move(['two'], 'b', 'd')]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect((await here.read(stream, { limit: 9 })).lines.map(({ message }) => message)).toEqual([
        'one',
        'rest',
        'two',
      ]);
      await here.end(stream, organizationId);
      const at = both[0]?.status === 'fulfilled' ? 'c' : 'd';
      await expect(move(['three'], at, 'e')).rejects.toThrow(LogStreamEnded);
    });

    test('a stream that was removed is as if nobody had ever written to it, also when it is removed again', async () => {
      const [stream, other] = [aStream(), aStream()];
      for (const one of [stream, other]) await append(here, one, ['one', 'two']);
      await here.end(stream, organizationId);
      for (const logs of [here, there]) await logs.remove(stream);
      expect(await here.read(stream, { limit: 10 })).toMatchObject({ lines: [], hasNext: false, ended: false });
      expect((await here.read(other, { limit: 10 })).lines).toHaveLength(2);
      expect(await append(there, stream, ['anew'])).toBe(1n);
    });

    test('messages are cut at 16 KiB between characters and say so', async () => {
      const stream = aStream();
      await append(here, stream, ['€'.repeat(maxLineBytes), 'x'.repeat(maxLineBytes), 'x'.repeat(maxLineBytes + 1)]);
      const { lines } = await here.read(stream, { limit: 10 });
      expect(lines.map((line) => line.truncated)).toEqual([true, false, true]);
      expect(lines[0]?.message).toBe('€'.repeat(Math.floor(maxLineBytes / 3)));
      expect(lines.map((line) => Buffer.byteLength(line.message) <= maxLineBytes)).toEqual([true, true, true]);
    });

    test('pages go forwards and backwards from a sequence and know whether there is more', async () => {
      const stream = aStream();
      for (const group of chunked(numbered(1_234), 100)) await append(here, stream, group);
      const page = async (range: Parameters<Logs['read']>[1]) => {
        const { lines, hasPrevious, hasNext } = await here.read(stream, range);
        return { from: lines[0]?.sequence, to: lines.at(-1)?.sequence, count: lines.length, hasPrevious, hasNext };
      };
      expect(await page({ limit: 50 })).toEqual({ from: 1, to: 50, count: 50, hasPrevious: false, hasNext: true });
      expect(await page({ after: 95, limit: 10 })).toEqual({
        from: 96,
        to: 105,
        count: 10,
        hasPrevious: true,
        hasNext: true,
      });
      expect(await page({ after: 1_230, limit: 10 })).toEqual({
        from: 1_231,
        to: 1_234,
        count: 4,
        hasPrevious: true,
        hasNext: false,
      });
      expect(await page({ before: 1_235, limit: 10 })).toEqual({
        from: 1_225,
        to: 1_234,
        count: 10,
        hasPrevious: true,
        hasNext: false,
      });
      expect(await page({ before: 5, limit: 10 })).toEqual({
        from: 1,
        to: 4,
        count: 4,
        hasPrevious: false,
        hasNext: true,
      });
      expect(await page({ after: 99, before: 103, limit: 10 })).toEqual({
        from: 100,
        to: 102,
        count: 3,
        hasPrevious: true,
        hasNext: true,
      });
      expect(await page({ after: 2_000, limit: 10 })).toMatchObject({ count: 0, hasNext: false });
      expect((await here.read(stream, { limit: 1_000 })).lines.map((line) => line.message)).toEqual(numbered(1_000));
    });

    test('a stream that nobody wrote to is empty', async () => {
      const empty = { lines: [], hasPrevious: false, hasNext: false, ended: false };
      expect(await here.read(aStream(), { limit: 10 })).toEqual(empty);
    });

    test('writers of several processes leave no hole and no repeat, and each keeps its order', async () => {
      const stream = aStream();
      const writers = Array.from({ length: 6 }, (_, writer) => async () => {
        for (let i = 0; i < 20; i += 1)
          await append([here, there][writer % 2]!, stream, [`${writer} ${2 * i}`, `${writer} ${2 * i + 1}`]);
      });
      await Promise.all(writers.map((write) => write()));
      const { lines } = await here.read(stream, { limit: 1_000 });
      expect(lines.map((line) => line.sequence)).toEqual(Array.from({ length: 240 }, (_, index) => index + 1));
      for (let writer = 0; writer < 6; writer += 1) {
        const own = lines.filter((line) => line.message.startsWith(`${writer} `)).map((line) => line.message);
        expect(own).toEqual(Array.from({ length: 40 }, (_, index) => `${writer} ${index}`));
      }
    });

    test('an ended stream takes no more lines and says that it ended', async () => {
      const stream = aStream();
      await append(here, stream, ['last']);
      await here.end(stream, organizationId);
      await there.end(stream, organizationId);
      await expect(append(there, stream, ['late'])).rejects.toBeInstanceOf(LogStreamEnded);
      expect(await there.read(stream, { limit: 10 })).toMatchObject({ ended: true, lines: [{ message: 'last' }] });
    });

    test('followers that start anywhere, at any time, get every line once and in order, then the end', async () => {
      const stream = aStream();
      const total = 600;
      const followers: Promise<Seen>[] = [];
      const starts: number[] = [];
      const start = (logs: Logs, after: number) => {
        starts.push(after);
        followers.push(collect(logs.follow(stream, after, deadlineIn(20_000))));
      };
      start(there, 0);
      let written = 0;
      for (const group of chunked(numbered(total), 7)) {
        await append(here, stream, group);
        written += group.length;
        if (written % 5 === 0) start([here, there][written % 2]!, Math.floor(Math.random() * written));
      }
      await here.end(stream, organizationId);
      start(there, 0);
      start(there, total);
      for (const [index, seen] of (await Promise.all(followers)).entries()) {
        const after = starts[index]!;
        expect(seen.lines.map((line) => line.sequence)).toEqual(
          Array.from({ length: total - after }, (_, n) => after + n + 1),
        );
        expect(seen.lines.every((line) => line.message === `line ${line.sequence}`)).toBe(true);
        expect(seen.end).toEqual({ kind: 'end', cursor: total });
        expect(seen.gaps).toEqual([]);
      }
    });

    test('a follower that stops reading misses nothing when it goes on, and batches stay small', async () => {
      const stream = aStream();
      const follower = there.follow(stream, 0, deadlineIn(20_000))[Symbol.asyncIterator]();
      await append(here, stream, ['first']);
      expect((await follower.next()).value).toMatchObject({ kind: 'batch', cursor: 1 });
      const large = 'x'.repeat(10_000);
      for (let i = 0; i < 40; i += 1)
        await append(
          here,
          stream,
          Array.from({ length: 10 }, () => large),
        );
      await here.end(stream, organizationId);
      let cursor = 1;
      for (let next = await follower.next(); !next.done; next = await follower.next()) {
        if (next.value.kind !== 'batch') continue;
        expect(next.value.lines[0]?.sequence).toBe(cursor + 1);
        expect(next.value.lines.reduce((sum, line) => sum + line.message.length, 0)).toBeLessThanOrEqual(256 * 1024);
        cursor = next.value.cursor;
      }
      expect(cursor).toBe(401);
    });

    test('following ends without `end` when the signal fires', async () => {
      const stop = new AbortController();
      const stream = aStream();
      await append(here, stream, ['one']);
      const following = there.follow(stream, 0, stop.signal)[Symbol.asyncIterator]();
      expect((await following.next()).value).toMatchObject({ kind: 'batch', cursor: 1 });
      const waiting = following.next();
      stop.abort();
      expect(await waiting).toEqual({ done: true, value: undefined });
    });

    test('a search finds what is wanted literally, by level, deployment and time, forwards and backwards', async () => {
      const stream = aStream();
      const now = Date.now();
      const [other, at] = [randomUUID(), (second: number) => new Date(now + second * 1_000)];
      const line = (second: number, message: string, by = deploymentId): NewLogLine => ({
        ...{ at: at(second), source: 'STDOUT', message, deploymentId: by },
      });
      await here.append(stream, organizationId, [line(1, 'GET /cart.html'), line(2, 'Error: out of stock')]);
      await here.append(stream, organizationId, [
        line(3, 'get /CARTxhtml', other),
        line(4, 'warn: \u001b[31mCart\u001b[0m.html'),
      ]);
      const sequences = async (filter: LogFilter, page: Partial<LogRange> = {}) => {
        const { lines, isComplete } = await there.search(stream, filter, { limit: 10, ...page });
        return [lines.map(({ sequence }) => sequence), isComplete];
      };
      expect(await sequences({ text: 'cart.HTML' })).toEqual([[1, 4], true]);
      expect(await sequences({ levels: ['ERROR', 'WARN'] })).toEqual([[2, 4], true]);
      expect(await sequences({ deploymentId: other })).toEqual([[3], true]);
      expect(await sequences({ since: at(2), until: at(4) })).toEqual([[2, 3], true]);
      expect(await sequences({ since: at(2), text: 'html' }, { before: 5 })).toEqual([[3, 4], true]);
      expect(await sequences({ text: 'html' }, { limit: 1 })).toEqual([[1], false]);
      expect(await sequences({ text: 'html' }, { limit: 1, after: 1 })).toEqual([[3], false]);
      expect(await sequences({ text: 'html' }, { limit: 1, before: 5 })).toEqual([[4], false]);
      expect(await sequences({ text: 'nothing' }, { after: 2 })).toEqual([[], true]);
    });

    test('a search goes through a bounded part of a log, says where it stopped, and goes on from there', async () => {
      const stream = aStream();
      const block = Array.from({ length: 5_000 }, (_, i) => aLine(`line ${i}`));
      await append(here, stream, ['the needle']);
      for (let i = 0; i < 5; i += 1) await here.append(stream, organizationId, block);
      const first = await here.search(stream, { text: 'needle' }, { before: Number.MAX_SAFE_INTEGER, limit: 10 });
      expect(first).toMatchObject({ lines: [], isComplete: false });
      expect(first.scanned.lines).toBeGreaterThan(10_000);
      expect(first.scanned.lines).toBeLessThanOrEqual(20_500);
      const second = await here.search(stream, { text: 'needle' }, { before: first.stoppedAt, limit: 10 });
      expect(second).toMatchObject({ lines: [{ sequence: 1 }], isComplete: true });
      expect(first.scanned.lines + second.scanned.lines).toBe(25_001);
    });

    test('closing ends every follower', async () => {
      const logs = backend.connect();
      const waiting = collect(logs.follow(aStream(), 0, new AbortController().signal));
      await logs.close();
      expect((await waiting).end).toBeNull();
    });
  });
}

type Seen = { readonly lines: LogLine[]; readonly gaps: LogGap[]; readonly end: LogEnd | null };

export async function collect(follow: AsyncIterable<LogBatch | LogGap | LogEnd>): Promise<Seen> {
  const lines: LogLine[] = [];
  const gaps: LogGap[] = [];
  let end: LogEnd | null = null;
  for await (const message of follow) {
    if (message.kind === 'batch') lines.push(...message.lines);
    else if (message.kind === 'gap') gaps.push(message);
    else end = message;
  }
  return { lines, gaps, end };
}

function aStream() {
  return buildLogOf(randomUUID());
}

function aLine(message: string): NewLogLine {
  return { at: new Date(), source: 'BUILD', message, deploymentId };
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `line ${index + 1}`);
}

function chunked<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
