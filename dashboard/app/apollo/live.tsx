import { ApolloClient, ApolloLink } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { ApolloProvider } from '@apollo/client/react';
import { type ReactNode, useState } from 'react';
import { createCache } from './cache.js';
import { socket } from './socket.js';

/** Gives the page its cache. Loaders fill it, subscriptions move it; it asks for nothing by itself. */
export function Live({ children }: { readonly children: ReactNode }) {
  const [client] = useState(createApollo);
  return <ApolloProvider client={client}>{children}</ApolloProvider>;
}

function createApollo(): ApolloClient {
  const isBrowser = typeof document !== 'undefined';
  return new ApolloClient({
    ssrMode: !isBrowser,
    cache: createCache(),
    link: isBrowser ? new GraphQLWsLink(socket().client) : ApolloLink.empty(),
  });
}
