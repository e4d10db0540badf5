import { afterEach, expect, test, vi } from 'vitest';
import { buildLogOf } from '@apployd/core/log-line';
import type { Context } from '../context.js';
import { openStreams } from '../stream/open-streams.js';
import { subscriptionLimit } from '../stream/subscription-limit.js';
import { followLog } from './follow.js';

afterEach(() => void vi.useRealTimers());

test('a log is not shown for more than five seconds to somebody whose access has ended', async () => {
  vi.useFakeTimers();
  const context = {
    viewer: { principalId: 'ada' },
    settings: {},
    streams: openStreams(),
    subscriptions: subscriptionLimit(),
    logs: {
      follow: async function* (_stream: unknown, _after: unknown, signal: AbortSignal) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    },
  };
  const stream = buildLogOf('0198c0de-0000-7000-8000-000000000000');
  const follow = { stream, after: 7, organizationId: 'acme', mayStillRead: async () => false };
  const events = followLog(context as unknown as Context, follow);
  const next = events.next();
  await vi.advanceTimersByTimeAsync(5_000);
  expect((await next).value).toEqual({ kind: 'end', reason: 'ACCESS_REVOKED', cursor: 7 });
});
