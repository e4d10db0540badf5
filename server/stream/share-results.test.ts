import { buildSchema, parse, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { expect, test, vi } from 'vitest';
import { shareResults } from './share-results.js';

const schema = buildSchema(`
  type Query { nothing: Int }
  type Batch { text(upper: Boolean): String }
  type Subscription { buildLogs(after: Int): Batch  deploymentChanged: Batch }
`);
const plugin = shareResults();
const text = vi.fn(() => 'one line');
const event = { buildLogs: { text }, deploymentChanged: { text } };

/** What the plugin makes of a subscription to one event, or null when it leaves it to others. */
async function told(source: string | ReturnType<typeof parse>, operationName?: string): Promise<Result | null> {
  const document = typeof source === 'string' ? parse(source) : source;
  async function* events() {
    yield event;
  }
  const rootValue = { buildLogs: events, deploymentChanged: events };
  const args: ExecutionArgs = { schema, document, operationName, rootValue };
  let subscribe: ((args: ExecutionArgs) => Promise<AsyncIterable<Result>>) | undefined;
  plugin.onSubscribe?.({ args, setSubscribeFn: (given: typeof subscribe) => (subscribe = given) } as never);
  if (!subscribe) return null;
  for await (const result of await subscribe(args)) return result;
  throw new Error('Nothing was told.');
}
type Result = ExecutionResult & { stringify?: () => string };

const root = '{ buildLogs(after: 1) { text } }';

test('one document of many followers is executed once for each batch, and written once', async () => {
  const document = parse(`subscription ${root}`);
  text.mockClear();
  const [first, second] = [await told(document), await told(document)];
  expect(second).toBe(first);
  expect(text).toHaveBeenCalledOnce();
  expect(first?.stringify?.()).toBe(JSON.stringify(first));
});

test('so many spellings of one question as anybody may think of keep no result each', async () => {
  const spellings = Array.from({ length: 10 }, (_, i) =>
    parse(`subscription S${i} { buildLogs(after: 1) { a${i}: text } }`),
  );
  for (const spelling of spellings) await told(spelling);
  text.mockClear();
  for (const spelling of spellings) await told(spelling);
  expect(text.mock.calls.length).toBeGreaterThanOrEqual(7);
});

test('each operation of a document tells its own', async () => {
  const document = parse(`subscription A ${root} subscription B { buildLogs(after: 1) { other: text } }`);
  expect(await told(document, 'A')).not.toBe(await told(document, 'B'));
});

test('what variables may change, or belongs to the reader, is executed for each', async () => {
  const variable = 'subscription ($upper: Boolean) { buildLogs { text(upper: $upper) } }';
  const spread = 'subscription ($is: Boolean!) { buildLogs { ...F } } fragment F on Batch { text @include(if: $is) }';
  const whole = 'subscription ($is: Boolean!) { buildLogs @skip(if: $is) { text } }';
  for (const source of [variable, spread, whole, 'subscription { deploymentChanged { text } }']) {
    expect(await told(source), source).toBeNull();
  }
});

test('variables that only say where to begin are no hindrance', async () => {
  expect(await told('subscription ($after: Int) { buildLogs(after: $after) { text } }')).not.toBeNull();
});
