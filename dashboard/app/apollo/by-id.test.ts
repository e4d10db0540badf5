import { ApolloClient, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { BuildLogsDocument, DeploymentChangedDocument } from '@apployd/sdk/documents';
import { print } from 'graphql';
import type { Client, SubscribePayload } from 'graphql-ws';
import { expect, test } from 'vitest';
import { byId, named } from './by-id.js';

/** A client that only notes what it would send. */
function noting() {
  const sent: SubscribePayload[] = [];
  const subscribe: Client['subscribe'] = (payload) => {
    sent.push(JSON.parse(JSON.stringify(payload)) as SubscribePayload);
    return () => undefined;
  };
  return { sent, client: { subscribe, on: () => () => undefined } as unknown as Client };
}

test('what Apollo subscribes to goes by its id, without its text', () => {
  const { sent, client } = noting();
  const apollo = new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(byId(client)) });
  apollo.subscribe({ query: DeploymentChangedDocument, variables: { id: 'dpl_1' } }).subscribe({});
  expect(sent).toMatchObject([
    { query: '', documentId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), variables: { id: 'dpl_1' } },
  ]);
});

test('variables that move on are read with each connection', () => {
  let after = 'a';
  const payload = named({
    query: print(BuildLogsDocument),
    get variables() {
      return { after };
    },
  });
  expect(JSON.parse(JSON.stringify(payload))).toMatchObject({ variables: { after: 'a' } });
  after = 'b';
  expect(JSON.parse(JSON.stringify(payload))).toMatchObject({ variables: { after: 'b' } });
});

test('a document that is not on the list is not sent', () => {
  expect(() => named({ query: '{ viewer { user { id } } }' })).toThrow('by-id.ts');
});
