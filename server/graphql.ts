import type { ExecutionResult } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { authenticate } from './account/authenticate.js';
import type { Context, Services } from './context.js';
import { presentable } from './faults.js';
import { idempotencyKeyIn } from './idempotency-header.js';
import type { Incoming } from './incoming.js';
import { budget } from './limit/budget.js';
import { limitDocuments } from './limit/document-limits.js';
import { introspectionForTokens } from './limit/introspection.js';
import { persistedForPages } from './limit/persisted-documents.js';
import { wholeCharacters } from './limit/whole-characters.js';
import { schema } from './schema.js';
import { mapEach } from './stream/map-each.js';
import { shareResults } from './stream/share-results.js';
import { timeLimit, type TimeLimits } from './time-limit.js';

export const graphqlPath = '/graphql';
export const maxBodyBytes = 1024 * 1024;

export type GraphqlServer = ReturnType<typeof createGraphql>;
export type Result = ExecutionResult | AsyncIterable<ExecutionResult> | undefined;
/** What a request brings, and its result where it was executed already: see answer-graphql.ts. */
type Brings = Incoming & { readonly result?: Promise<Result> | null };

/** The GraphQL engine behind both doors, HTTP with server-sent events and WebSocket. */
export function createGraphql(services: Services, limits: TimeLimits) {
  return createYoga<Brings, Omit<Context, keyof Incoming>>({
    schema,
    graphqlEndpoint: graphqlPath,
    context: (incoming) => contextOf(services, incoming),
    plugins: [
      persistedForPages(),
      ...limitDocuments(),
      introspectionForTokens(),
      wholeCharacters(),
      budget(),
      timeLimit(limits, (result, { requestId, brought }) => {
        if (!(Symbol.asyncIterator in result)) presentable(result, requestId, services.log, brought);
      }),
      shareResults(),
      presentation(services),
      resultAtHand(),
    ],
    extraParamNames: ['documentId'],
    // Errors are masked where they leave, by what may say so: see faults.ts.
    maskedErrors: false,
    maxRequestBodySize: maxBodyBytes,
    batching: false,
    multipart: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
  });
}

/** What is put beside that which the request brings. */
async function contextOf(services: Services, incoming: Incoming): Promise<Omit<Context, keyof Incoming>> {
  const { viewer, refused, cookies } = await authenticate(services, incoming);
  incoming.setCookies(cookies);
  const idempotencyKey = idempotencyKeyIn(incoming.headers);
  return { ...services, viewer, refused, idempotencyKey, queuedMail: [] };
}

/** What was asked once is not executed again: see answer-graphql.ts. */
function resultAtHand(): Plugin<object, Brings> {
  return {
    onParams({ context: { result }, setParamsHandler }) {
      if (result) setParamsHandler(() => result as Promise<ExecutionResult>);
    },
  };
}

function presentation({ log }: Services): Plugin<object, Incoming> {
  return {
    onParams({ params, context }) {
      context.brought.params = params;
    },
    onResultProcess({ result, setResult, serverContext: { requestId, brought } }) {
      const present = (one: ExecutionResult) => presentable(one, requestId, log, brought);
      if (Array.isArray(result)) setResult(result.map(present));
      else if (Symbol.asyncIterator in result) setResult(mapEach(result as AsyncIterable<ExecutionResult>, present));
      else setResult(present(result as ExecutionResult));
    },
  };
}
