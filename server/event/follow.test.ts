import { expect, test } from 'vitest';
import { memoryEvents } from '@apployd/backplane/events/memory';
import { newId, publicId } from '@apployd/core/id';
import type { Context } from '../context.js';
import { openStreams } from '../stream/open-streams.js';
import { subscriptionLimit } from '../stream/subscription-limit.js';
import { followEvents } from './follow.js';

test('whoever reads slowly has at most a hundred events held for them, however many there are', async () => {
  const total = 1_000;
  let read = 0;
  const db = {
    project: { findFirst: async () => ({ organizationId: 'acme' }) },
    eventStream: { findUnique: async () => ({ lastSequence: BigInt(total) }) },
    $queryRaw: async () =>
      Array.from({ length: Math.min(100, total - read) }, () => ({
        ...{ id: newId(), sequence: BigInt((read += 1)), actorTokenId: null, first: 1n, last: BigInt(total) },
      })),
  };
  const viewer = { principalId: 'ada', credential: { kind: 'session' }, stillSees: () => ({}) };
  const services = { streams: openStreams(), subscriptions: subscriptionLimit(), events: memoryEvents(), settings: {} };
  const context = { db, viewer, ...services } as unknown as Context;
  const events = (await followEvents(context, 'PROJECT', { id: publicId('Project', newId()) }))[Symbol.asyncIterator]();
  for (const last of [1, 2, 3, 100]) {
    while ((await events.next()).value?.cursor !== last);
    expect(read).toBe(100);
  }
  expect(await events.next()).toMatchObject({ value: { kind: 'event', cursor: 101 } });
  expect(read).toBe(200);
  await events.return?.();
});
