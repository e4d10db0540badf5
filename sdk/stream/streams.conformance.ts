import { GraphQLError } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { AuthenticationError, ProtocolError } from '../error/apployd-error.js';
import { NotFoundError } from '../error/domain-error.js';
import { Apployd, type ApploydOptions } from '../client.js';
import {
  aBatch,
  aGap,
  anEnd,
  anEvent,
  anOrganizationEvent,
  cursorOf,
  project as shop,
  sequenceOf,
} from '../testing/make.js';
import { type MockPlatform, mockPlatform, type Resolvers } from '../testing/mock-platform.js';
import type { LogLine, StreamGap } from '../types.js';
import { StreamGapError } from './follow.js';

/** What following a log guarantees, whatever carries it. */
export function followingLogs(transport: Partial<ApploydOptions>): void {
  let platform: MockPlatform;
  afterEach(() => platform.close());

  const apploydWith = async (Subscription: Resolvers['Subscription'], options: Partial<ApploydOptions> = {}) => {
    platform = await mockPlatform({ Subscription });
    return new Apployd({ url: platform.url, delays: { firstMs: 5, longestMs: 20 }, ...transport, ...options });
  };

  test('a build log is handed out line by line and ends with its StreamEnd', async () => {
    const apployd = await apploydWith({ buildLogs: () => eventsOf([aBatch(1, 2), aBatch(3, 5), anEnd(5)]) });
    const logs = apployd.logs.follow({ deploymentId: 'dpl_1' });
    expect(sequencesOf(await collected(logs))).toEqual([1, 2, 3, 4, 5]);
    expect(logs.cursor).toBe(cursorOf(5));
  });

  test.each([1, 2, 4, 7])('cut after every %i messages, a log still comes as 1..N exactly', async (every) => {
    const last = 40;
    const reconnects: number[] = [];
    const apployd = await apploydWith({
      buildLogs: async function* (_: unknown, { after }: { after?: string }) {
        for (let next = sequenceOf(after) + 1, sent = 0; next <= last; next += 2) {
          if (sent++ === every) {
            platform.cut();
            await never;
          }
          yield aBatch(next, Math.min(next + 1, last));
        }
        yield anEnd(last);
      },
    });
    const lines = await collected(
      apployd.logs.follow({ deploymentId: 'dpl_1' }, { onReconnect: ({ attempt }) => reconnects.push(attempt) }),
    );
    expect(sequencesOf(lines)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    expect(reconnects.length).toBeGreaterThan(0);
  });

  test('a stream that the server completes without StreamEnd is resumed', async () => {
    const apployd = await apploydWith({
      buildLogs: (_: unknown, { after }: { after?: string }) =>
        eventsOf(after ? [aBatch(3, 4), anEnd(4)] : [aBatch(1, 2)]),
    });
    expect(sequencesOf(await collected(apployd.logs.follow({ deploymentId: 'dpl_1' })))).toEqual([1, 2, 3, 4]);
  });

  test('a server that drains is left for the next one, with its cursor', async () => {
    const cursors: (string | undefined)[] = [];
    const apployd = await apploydWith({
      environmentLogs: (_: unknown, { after }: { after?: string }) => {
        cursors.push(after);
        return eventsOf(after ? [aBatch(3, 3), anEnd(3)] : [aBatch(1, 2), anEnd(2, 'SERVER_DRAIN')]);
      },
    });
    expect(sequencesOf(await collected(apployd.logs.follow({ environmentId: 'env_1' })))).toEqual([1, 2, 3]);
    expect(cursors.map((cursor) => cursor ?? null)).toEqual([null, cursorOf(2)]);
  });

  test('a hole without a StreamGap throws ProtocolError', async () => {
    const apployd = await apploydWith({ buildLogs: () => eventsOf([aBatch(1, 2), aBatch(4, 5), anEnd(5)]) });
    const lines: LogLine[] = [];
    await expect(collected(apployd.logs.follow({ deploymentId: 'dpl_1' }), lines)).rejects.toBeInstanceOf(
      ProtocolError,
    );
    expect(sequencesOf(lines)).toEqual([1, 2]);
  });

  test('a repeated line throws ProtocolError', async () => {
    const apployd = await apploydWith({ buildLogs: () => eventsOf([aBatch(1, 2), aBatch(2, 3), anEnd(3)]) });
    await expect(collected(apployd.logs.follow({ deploymentId: 'dpl_1' }))).rejects.toBeInstanceOf(ProtocolError);
  });

  test('a StreamGap is told to onGap and delivery goes on behind it', async () => {
    const apployd = await apploydWith({
      buildLogs: () => eventsOf([aBatch(1, 1), aGap(1, 5), aBatch(6, 7), anEnd(7)]),
    });
    const gaps: StreamGap[] = [];
    const logs = apployd.logs.follow({ deploymentId: 'dpl_1' }, { onGap: (gap) => gaps.push(gap) });
    expect(sequencesOf(await collected(logs))).toEqual([1, 6, 7]);
    expect(gaps).toMatchObject([{ gapReason: 'RETENTION', lost: 4 }]);
  });

  test('a StreamGap throws StreamGapError when asked to', async () => {
    const apployd = await apploydWith({ buildLogs: () => eventsOf([aGap(0, 5), aBatch(6, 7), anEnd(7)]) });
    const logs = apployd.logs.follow({ deploymentId: 'dpl_1' }, { onGap: 'throw' });
    await expect(collected(logs)).rejects.toBeInstanceOf(StreamGapError);
  });

  test('following goes on behind the cursor of an earlier process', async () => {
    const apployd = await apploydWith({
      environmentLogs: (_: unknown, { after }: { after?: string }) =>
        eventsOf([aBatch(sequenceOf(after) + 1, 9), anEnd(9)]),
    });
    const logs = apployd.logs.follow({ environmentId: 'env_1' }, { after: cursorOf(7) });
    expect(sequencesOf(await collected(logs))).toEqual([8, 9]);
  });

  test('the cursor is always that of the last line handed out', async () => {
    const apployd = await apploydWith({ buildLogs: () => eventsOf([aBatch(1, 3), anEnd(3)]) });
    const logs = apployd.logs.follow({ deploymentId: 'dpl_1' });
    const cursors: (string | null)[] = [];
    for await (const { cursor } of logs) cursors.push(cursor === logs.cursor ? cursor : null);
    expect(cursors).toEqual([cursorOf(1), cursorOf(2), cursorOf(3)]);
  });

  test('leaving the loop ends the subscription on the server', async () => {
    const left = promised();
    const apployd = await apploydWith({ environmentLogs: () => endless(left.resolve) });
    for await (const line of apployd.logs.follow({ environmentId: 'env_1' })) if (line.sequence >= 3) break;
    await left.promise;
  });

  test('close ends a loop that waits for a line, in good order', async () => {
    const apployd = await apploydWith({ environmentLogs: () => oneThenSilence() });
    const logs = apployd.logs.follow({ environmentId: 'env_1' });
    const lines: LogLine[] = [];
    for await (const line of logs) {
      lines.push(line);
      setTimeout(() => void logs.close(), 5);
    }
    expect(sequencesOf(lines)).toEqual([1]);
  });

  test('await using closes the stream at the end of the block', async () => {
    const left = promised();
    const apployd = await apploydWith({ environmentLogs: () => endless(left.resolve) });
    const reading = async () => {
      await using logs = apployd.logs.follow({ environmentId: 'env_1' });
      const lines = logs[Symbol.asyncIterator]();
      return [await lines.next(), await lines.next()];
    };
    expect(await reading()).toMatchObject([{ value: { sequence: 1 } }, { value: { sequence: 2 } }]);
    await left.promise;
  });

  test('an aborted loop rejects with the reason of the caller', async () => {
    const apployd = await apploydWith({ environmentLogs: () => oneThenSilence() });
    const controller = new AbortController();
    const reason = new Error('enough');
    const logs = apployd.logs.follow({ environmentId: 'env_1' }, { signal: controller.signal });
    const following = (async () => {
      for await (const { sequence } of logs) controller.abort(sequence === 1 ? reason : undefined);
    })();
    await expect(following).rejects.toBe(reason);
  });

  test('a refusal of the server is thrown, typed, and not tried again', async () => {
    let asked = 0;
    const apployd = await apploydWith({
      buildLogs: () => {
        asked += 1;
        throw new GraphQLError('There is no such deployment.', { extensions: { code: 'NOT_FOUND' } });
      },
    });
    await expect(collected(apployd.logs.follow({ deploymentId: 'dpl_x' }))).rejects.toBeInstanceOf(NotFoundError);
    expect(asked).toBe(1);
  });

  test('a log that is absent, or not yours, throws NotFoundError', async () => {
    const apployd = await apploydWith({ buildLogs: () => eventsOf([null]) });
    await expect(collected(apployd.logs.follow({ deploymentId: 'dpl_x' }))).rejects.toBeInstanceOf(NotFoundError);
  });

  test('a session that has ended throws AuthenticationError', async () => {
    const apployd = await apploydWith({
      buildLogs: () => {
        throw new GraphQLError('Sign in again.', { extensions: { code: 'UNAUTHENTICATED', reason: 'EXPIRED' } });
      },
    });
    const following = collected(apployd.logs.follow({ deploymentId: 'dpl_1' }));
    await expect(following).rejects.toMatchObject({ constructor: AuthenticationError, reason: 'EXPIRED' });
  });

  test('a fault of the server is no end: the stream is resumed', async () => {
    let asked = 0;
    const apployd = await apploydWith({
      buildLogs: (_: unknown, { after }: { after?: string }) => {
        asked += 1;
        if (asked < 3) throw new GraphQLError('Internal', { extensions: { code: 'INTERNAL' } });
        return eventsOf([aBatch(sequenceOf(after) + 1, 2), anEnd(2)]);
      },
    });
    expect(sequencesOf(await collected(apployd.logs.follow({ deploymentId: 'dpl_1' })))).toEqual([1, 2]);
  });

  test('a reader slower than the server gets every line', async () => {
    const last = 2_000;
    const apployd = await apploydWith({
      buildLogs: async function* (_: unknown, { after }: { after?: string }) {
        for (let next = sequenceOf(after) + 1; next <= last; next += 1) yield aBatch(next, next);
        yield anEnd(last);
      },
    });
    const sequences: number[] = [];
    for await (const { sequence } of apployd.logs.follow({ deploymentId: 'dpl_1' })) {
      sequences.push(sequence);
      if (sequence % 500 === 1) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(sequences).toEqual(Array.from({ length: last }, (_, index) => index + 1));
  });

  test('a connection that falls silent is given up and resumed', async () => {
    const apployd = await apploydWith(
      {
        buildLogs: async function* (_: unknown, { after }: { after?: string }) {
          if (after) {
            yield aBatch(2, 2);
            yield anEnd(2);
            return;
          }
          yield aBatch(1, 1);
          platform.freeze();
          await never;
        },
      },
      { livenessMs: 150 },
    );
    expect(sequencesOf(await collected(apployd.logs.follow({ deploymentId: 'dpl_1' })))).toEqual([1, 2]);
  });

  test('events of a project come each once, behind a cursor, over servers that drain, and a gap among them is no silence', async () => {
    const cursors: (string | undefined)[] = [];
    const apployd = await apploydWith({
      projectEvents: (_: unknown, { after, types }: { after?: string; types?: string[] }) => {
        cursors.push(after);
        expect(types).toEqual(['deployment.*']);
        if (after === cursorOf(2)) return eventsOf([anEvent(3), anEvent(5), anEnd(5, 'SERVER_DRAIN')]);
        return eventsOf([aGap(5, 8), anEvent(9), anEnd(9)]);
      },
    });
    const gaps: StreamGap[] = [];
    const of = { projectId: 'prj_1', after: cursorOf(2), types: ['deployment.*'] };
    const events = apployd.events.follow(of, { onGap: (gap) => gaps.push(gap) });
    const seen: (string | null)[] = [];
    for await (const { cursor } of events) seen.push(cursor === events.cursor ? cursor : null);
    expect(seen).toEqual([cursorOf(3), cursorOf(5), cursorOf(9)]);
    expect(gaps).toMatchObject([{ lost: 3 }]);
    expect(cursors).toEqual([cursorOf(2), cursorOf(5)]);
  });

  test('events of an organization come so too, and what is not there, or not for these eyes, ends the loop', async () => {
    const asked: unknown[] = [];
    const apployd = await apploydWith({
      organizationEvents: (_: unknown, { organizationId, after }: { organizationId: string; after?: string }) => {
        asked.push([organizationId, after ?? null]);
        if (after) return eventsOf([anOrganizationEvent(4), null]);
        return eventsOf([anOrganizationEvent(1), anOrganizationEvent(2), anEnd(2, 'SERVER_DRAIN')]);
      },
    });
    const events = apployd.events.follow({ organizationId: 'org_1' });
    const seen: string[] = [];
    const following = async () => {
      for await (const { id } of events) seen.push(id);
    };
    await expect(following()).rejects.toBeInstanceOf(NotFoundError);
    expect(seen).toEqual(['oev_1', 'oev_2', 'oev_4']);
    expect(asked).toEqual([
      ['org_1', null],
      ['org_1', cursorOf(2)],
    ]);
  });

  test('projects that change come over as many connections as it takes, and what is not there ends the loop', async () => {
    let connections = 0;
    const apployd = await apploydWith({
      projectChanged: (_: unknown, { organizationId }: { organizationId: string }) => {
        expect(organizationId).toBe('org_1');
        connections += 1;
        return eventsOf(connections < 3 ? [shop] : [null]);
      },
    });
    const reconnects: number[] = [];
    const onReconnect = ({ attempt }: { attempt: number }) => reconnects.push(attempt);
    const slugs: string[] = [];
    const following = async () => {
      for await (const { slug } of apployd.projects.watch({ organizationId: 'org_1' }, { onReconnect }))
        slugs.push(slug);
    };
    await expect(following()).rejects.toBeInstanceOf(NotFoundError);
    expect(slugs).toEqual(['shop', 'shop']);
    expect(reconnects).toEqual([1, 2]);
  });

  describe('the token', () => {
    test('goes along, the one of the moment', async () => {
      const apployd = await apploydWith({ buildLogs: () => eventsOf([anEnd(0)]) }, { token: 'tok_1' });
      await collected(apployd.logs.follow({ deploymentId: 'dpl_1' }));
      const sent = [...platform.connections, ...platform.requests.map(({ headers }) => headers.authorization)];
      expect([[{ token: 'tok_1' }], ['Bearer tok_1']]).toContainEqual(sent);
    });
  });
}

const never = new Promise(() => {});

async function* eventsOf(events: readonly unknown[]) {
  yield* events;
}

async function* endless(onLeave: () => void) {
  try {
    for (let sequence = 1; ; sequence += 1) {
      yield aBatch(sequence, sequence);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } finally {
    onLeave();
  }
}

async function* oneThenSilence() {
  yield aBatch(1, 1);
  await never;
}

async function collected(lines: AsyncIterable<LogLine>, into: LogLine[] = []): Promise<LogLine[]> {
  for await (const line of lines) into.push(line);
  return into;
}

const sequencesOf = (lines: readonly LogLine[]) => lines.map(({ sequence }) => sequence);

function promised() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
