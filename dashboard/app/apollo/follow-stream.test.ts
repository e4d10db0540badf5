import { parse } from 'graphql';
import type { Client, Sink } from 'graphql-ws';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followStream } from './follow-stream.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const document = parse('subscription Said($after: String) { said(after: $after) { cursor } }');
type Said = { readonly __typename: string; readonly cursor: string };

/** Follows a server that answers each subscription with one of these, then completes it: what came, and how often it was asked. */
async function follow(answers: readonly (readonly (Said | null)[])[]) {
  const came: Said[] = [];
  const asked: unknown[] = [];
  const client = {
    subscribe: (payload: { variables: object }, sink: Sink<{ data: object }>) => {
      asked.push({ ...payload.variables });
      for (const said of answers[asked.length - 1] ?? []) sink.next({ data: { said } });
      sink.complete();
      return () => undefined;
    },
  } as unknown as Client;
  followStream<Said>(client, { document, variables: {} }, null, (said) => came.push(said));
  await vi.advanceTimersByTimeAsync(60_000);
  return { came: came.map(({ cursor }) => cursor), asked };
}

const event = (cursor: string): Said => ({ __typename: 'ProjectEvent', cursor });
const end: Said = { __typename: 'StreamEnd', cursor: '3' };

test('goes on behind the last cursor when the server leaves, and stops at the end of the stream', async () => {
  const { came, asked } = await follow([[event('1'), event('2')], [end]]);
  expect(came).toEqual(['1', '2', '3']);
  expect(asked).toEqual([{ after: null }, { after: '2' }]);
});

test('what is not there, or no longer for these eyes, is asked for once', async () => {
  expect((await follow([[null]])).asked).toHaveLength(1);
  expect((await follow([[event('1')], [null]])).asked).toHaveLength(2);
});
