import { getOperationAST, GraphQLError, type ExecutionArgs } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { GraphqlServer } from './graphql.js';
import type { Incoming } from './incoming.js';
import { documentText } from './limit/persisted-documents.js';
import { requestError } from './request-error.js';

const maxSubscriptions = 20;

type Enveloped = ReturnType<GraphqlServer['getEnveloped']>;
type RootValue = Pick<Enveloped, 'execute' | 'subscribe'>;

/** What a socket asks for, parsed and checked by the same rules as over HTTP; or what is wrong with it. */
export async function prepareSubscription(asked: {
  readonly graphql: GraphqlServer;
  readonly incoming: Incoming;
  readonly params: SubscribePayload;
  /** Subscriptions of this socket, this one among them. */
  readonly open: number;
}): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const { graphql, incoming, params, open } = asked;
  if (open > maxSubscriptions) {
    return [
      requestError('RATE_LIMITED', `One socket carries at most ${maxSubscriptions} subscriptions. Open another one.`),
    ];
  }
  const { schema, execute, subscribe, contextFactory, parse, validate } = graphql.getEnveloped({ ...incoming, params });
  try {
    const document = parse(documentText(params, incoming.headers));
    const errors = validate(schema, document);
    if (errors.length > 0) return errors;
    if (getOperationAST(document, params.operationName)?.operation !== 'subscription') {
      return [requestError('BAD_REQUEST', 'Sockets carry subscriptions only. Send queries and mutations by POST.')];
    }
    const rootValue: RootValue = { execute, subscribe: orErrors(subscribe) };
    const { operationName, variables: variableValues } = params;
    return { schema, document, operationName, variableValues, contextValue: await contextFactory(), rootValue };
  } catch (error) {
    return [graphqlErrorOf(error)];
  }
}

/** What is refused before a stream begins is its one message: a rejection would take the whole socket down. */
function orErrors(subscribe: RootValue['subscribe']): RootValue['subscribe'] {
  return async (args) => {
    try {
      return (await subscribe(args)) as unknown;
    } catch (error) {
      return { errors: [graphqlErrorOf(error)] };
    }
  };
}

function graphqlErrorOf(error: unknown): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError('A fault.', { originalError: error as Error });
}

export function rootValueOf({ rootValue }: ExecutionArgs): RootValue {
  return rootValue as RootValue;
}

export function incomingIn({ contextValue }: ExecutionArgs): Incoming {
  return contextValue as Incoming;
}
