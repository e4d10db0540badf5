import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../testing/until.js';
import type { Events } from './events.js';

export type EventsBackend = {
  /** Events as one process sees them. */
  connect(): Events;
  close(): Promise<void>;
};

/** What every adapter of Events keeps to. */
export function eventsConformance(name: string, open: () => Promise<EventsBackend>): void {
  describe(`events on ${name}`, () => {
    let backend: EventsBackend;
    let here: Events;
    let there: Events;

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

    /** Collects what is heard until the signal fires. */
    async function hear(events: Events, id: string | null, signal: AbortSignal) {
      const heard: string[] = [];
      const hints = await events.listen('deployment', id, signal);
      const ended = (async () => {
        for await (const hint of hints) heard.push(hint);
      })();
      return { heard, ended };
    }

    test('what is published after listen resolved is heard, in this process and in others', async () => {
      const id = randomUUID();
      const stop = new AbortController();
      const own = await hear(here, id, stop.signal);
      const other = await hear(there, id, stop.signal);
      here.publish('deployment', id);
      await until(() => own.heard.includes(id) && other.heard.includes(id));
      stop.abort();
      await Promise.all([own.ended, other.ended]);
    });

    test('a listener hears its own id and topic only; without an id it hears all of the topic', async () => {
      const [id, neighbour] = [randomUUID(), randomUUID()];
      const stop = new AbortController();
      const one = await hear(there, id, stop.signal);
      const all = await hear(there, null, stop.signal);
      here.publish('environment', id);
      here.publish('deployment', neighbour);
      here.publish('deployment', id);
      await until(() => one.heard.length > 0 && all.heard.length > 1);
      expect(one.heard).toEqual([id]);
      expect(all.heard).toEqual([neighbour, id]);
      stop.abort();
      await Promise.all([one.ended, all.ended]);
    });

    test('hints that are not taken melt into one, and the last of them is not lost', async () => {
      const id = randomUUID();
      const marker = randomUUID();
      const stop = new AbortController();
      const hints = (await there.listen('deployment', null, stop.signal))[Symbol.asyncIterator]();
      const watcher = await hear(there, marker, stop.signal);
      for (let i = 0; i < 500; i += 1) here.publish('deployment', id);
      here.publish('deployment', marker);
      await until(() => watcher.heard.length > 0);
      const heard = [(await hints.next()).value, (await hints.next()).value];
      expect(heard).toEqual([id, marker]);
      stop.abort();
      expect((await hints.next()).done).toBe(true);
    });

    test('the iteration ends without an error when the signal fires, also when it fired before', async () => {
      const stop = new AbortController();
      const listening = await hear(here, randomUUID(), stop.signal);
      stop.abort();
      await listening.ended;
      const late = await hear(here, randomUUID(), AbortSignal.abort());
      await late.ended;
    });

    test('a listener that leaves its loop hears nothing any more and may listen again', async () => {
      const id = randomUUID();
      const signal = new AbortController().signal;
      const first = await here.listen('deployment', id, signal);
      here.publish('deployment', id);
      for await (const hint of first) {
        expect(hint).toBe(id);
        break;
      }
      const stop = new AbortController();
      const second = await hear(here, id, stop.signal);
      there.publish('deployment', id);
      await until(() => second.heard.length > 0);
      stop.abort();
      await second.ended;
    });

    test('closing ends every iteration, and publishing afterwards throws nothing', async () => {
      const events = backend.connect();
      const listening = await hear(events, null, new AbortController().signal);
      await events.close();
      await listening.ended;
      events.publish('deployment', randomUUID());
    });
  });
}
