import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { useServer } from 'graphql-ws/use/ws';
import { createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';

/** Fields of the root types; what is absent answers null. */
export type Resolvers = {
  Query?: Record<string, (root: unknown, args: never) => unknown>;
  Mutation?: Record<string, (root: unknown, args: never) => unknown>;
  Subscription?: Record<string, (root: unknown, args: never) => unknown>;
};

export type Recorded = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly query?: string;
    readonly documentId?: string;
    readonly operationName?: string;
    readonly variables?: Record<string, never>;
  };
  readonly bytes: Buffer;
};

export type MockPlatform = {
  readonly url: string;
  /** Every HTTP request so far. */
  readonly requests: Recorded[];
  /** `connectionParams` of every WebSocket so far. */
  readonly connections: unknown[];
  /** What was asked for over WebSockets so far. */
  readonly subscribed: { readonly query?: string; readonly documentId?: unknown }[];
  /** Breaks every connection, without a word. */
  cut(): void;
  /** Keeps every connection that is open now, and reads and says nothing on it any more. */
  freeze(): void;
  close(): Promise<void>;
};

/** Answers in the place of GraphQL when it returns true. */
export type Interception = (request: Recorded, response: ServerResponse, raw: IncomingMessage) => boolean;

const typeDefs = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

const allowed = JSON.parse(
  readFileSync(new URL('../generated/persisted-documents.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;

/** A real GraphQL server (HTTP, SSE, WebSocket) on the committed schema, with the resolvers of a test. */
export async function mockPlatform(resolvers: Resolvers, intercept: Interception = () => false): Promise<MockPlatform> {
  const schema = createSchema({
    typeDefs,
    resolvers: withSubscribe(resolvers),
    resolverValidationOptions: { requireResolversForResolveType: 'ignore' },
  });
  const yoga = createYoga({ schema, logging: false, maskedErrors: false });
  const requests: Recorded[] = [];
  const connections: unknown[] = [];
  const subscribed: MockPlatform['subscribed'] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void record(request).then((recorded) => {
      requests.push(recorded);
      if (!intercept(recorded, response, request)) return yoga(replayed(request, recorded), response);
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const webSockets = new WebSocketServer({ server, path: '/graphql' });
  const serving = useServer(
    {
      schema,
      onConnect: ({ connectionParams }) => {
        connections.push(connectionParams);
      },
      onSubscribe: (_socket, _id, payload) => {
        subscribed.push({ ...payload });
        Object.assign(payload, { query: textOf(payload) });
      },
    },
    webSockets,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    requests,
    connections,
    subscribed,
    cut,
    freeze: () => sockets.forEach(freezeSocket),
    close: async () => {
      cut();
      await serving.dispose();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const isJson = request.headers['content-type']?.startsWith('application/json');
  const body = isJson ? (JSON.parse(bytes.toString()) as Recorded['body']) : {};
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body, bytes };
}

/** Yoga takes a body that was read already from `request.body`. */
function replayed(request: IncomingMessage, { body }: Recorded): IncomingMessage {
  const { documentId: _documentId, ...rest } = body;
  return Object.assign(request, { body: { ...rest, query: textOf(body) } });
}

function textOf({ query, documentId }: { readonly query?: string; readonly documentId?: unknown }): string | undefined {
  return query || allowed[String(documentId)] || query;
}

/** Subscription fields yield what the field itself is. */
function withSubscribe({ Subscription = {}, ...roots }: Resolvers): Record<string, never> {
  const fields = Object.entries(Subscription).map(([name, subscribe]) => [
    name,
    { subscribe, resolve: (value: unknown) => value },
  ]);
  return { ...roots, ...(fields.length ? { Subscription: Object.fromEntries(fields) as object } : {}) } as Record<
    string,
    never
  >;
}

function freezeSocket(socket: Socket): void {
  socket.pause();
  socket.write = () => true;
}
