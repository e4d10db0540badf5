import {
  BuildLogsDocument,
  DeploymentChangedDocument,
  EnvironmentLogsDocument,
  OrganizationEventsDocument,
  ProjectEventsDocument,
  ProjectRowChangedDocument,
} from '@apployd/sdk/documents';
import { print } from 'graphql';
import type { Client, SubscribePayload } from 'graphql-ws';

/** Every subscription that a page may open. */
const documents = [
  DeploymentChangedDocument,
  ProjectRowChangedDocument,
  BuildLogsDocument,
  EnvironmentLogsDocument,
  OrganizationEventsDocument,
  ProjectEventsDocument,
];

const ids = new Map(documents.map((document) => [print(document), idOf(document)]));

/** The client, naming each document by its id: with a cookie the API runs known documents only. */
export const byId = (client: Client): Client => ({
  ...client,
  subscribe: (payload, sink) => client.subscribe(named(payload), sink),
});

/** Its other properties stay what they are: some are read anew with each connection. */
export function named(payload: SubscribePayload): SubscribePayload {
  const id = ids.get(payload.query);
  if (!id) throw new Error(`A page may not open ${payload.operationName ?? payload.query}: name it in by-id.ts.`);
  const properties = { ...Object.getOwnPropertyDescriptors(payload), query: plain(''), documentId: plain(id) };
  return Object.defineProperties({}, properties) as SubscribePayload;
}

const plain = (value: string): PropertyDescriptor => ({ value, enumerable: true });

/** Under which the SDK has listed it. */
function idOf(document: object): string {
  return (document as { readonly __meta__: { readonly hash: string } }).__meta__.hash;
}
