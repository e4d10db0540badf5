import { createClient, type Client, type SubscribePayload } from 'graphql-ws';
import WebSocket from 'ws';
import type { Data } from './client.js';
import type { TestServer } from './test-server.js';

/** A graphql-ws client that tries again at once, and lets a test cut its wire. */
export function socketClient(
  server: Pick<TestServer, 'url'>,
  token: string | undefined,
  headers: Readonly<Record<string, string>> = {},
) {
  const sockets: WebSocket[] = [];
  class Recorded extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers });
      sockets.push(this);
    }
  }
  const client: Client = createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: Recorded,
    connectionParams: { token },
    retryAttempts: 100,
    retryWait: async () => {},
  });
  return {
    client,
    cut: () => sockets.at(-1)?.terminate(),
    close: () => client.dispose(),
  };
}

/** Every message until the stream completes; `onMessage` may leave earlier by returning false. */
export async function collect(
  client: Client,
  payload: SubscribePayload,
  onMessage: (data: Data) => boolean | void = () => {},
): Promise<Data[]> {
  const messages: Data[] = [];
  for await (const { data, errors } of client.iterate<Data>(payload)) {
    if (errors) throw new Error(JSON.stringify(errors));
    messages.push(data);
    if (onMessage(data) === false) break;
  }
  return messages;
}
