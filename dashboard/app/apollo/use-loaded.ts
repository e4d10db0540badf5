import { useApolloClient, useQuery } from '@apollo/client/react';
import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useEffect, useLayoutEffect } from 'react';

/** Effects of layout make no sense where nothing is laid out. */
const useBeforePaint = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/**
 * What a loader has brought, alive: it is put into the cache, and read from there, where subscriptions change it. The first
 * picture, on the server and in the browser, is what the loader said, so nothing is asked for and nothing jumps.
 */
export function useLoaded<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
  loaded: { readonly variables: unknown; readonly data: unknown },
): Data {
  const client = useApolloClient();
  const variables = loaded.variables as Variables;
  useBeforePaint(() => {
    client.writeQuery({ query: document, variables, data: loaded.data as never });
  }, [client, document, loaded]);
  const { data } = useQuery<Data, Variables>(document, { variables, fetchPolicy: 'cache-only' } as never);
  return ((data as Data | undefined) ?? loaded.data) as Data;
}
