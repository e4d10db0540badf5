import { persistedDocuments } from '../generated/persisted-documents.js';
import type { TestServer } from './test-server.js';

/** What a test expects of an answer it knows the shape of. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read many shapes; a typed client is the SDK's business
export type Data = any;

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: Record<string, unknown>;
  }[];
  readonly extensions?: Data;
};

/** Asks the server over HTTP. */
export async function ask(
  server: Pick<TestServer, 'url'>,
  query: string,
  variables: object = {},
  { token, headers = {} }: { readonly token?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  return post(server, { query, variables }, { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers });
}

/** Asks as a page does: with the cookie of a session, for a document that is known by its id. */
export function askAsPage(
  server: Pick<TestServer, 'url'>,
  operation: string,
  variables: object,
  cookie: string,
): Promise<Answer> {
  return post(server, { documentId: documentIdOf(operation), variables }, { cookie: cookie.split(';')[0] ?? '' });
}

/** The id of an operation of the SDK, by its name. */
export function documentIdOf(operation: string): string {
  const isIt = new RegExp(`^(query|mutation|subscription) ${operation}\\b`);
  const [id] = Object.entries(persistedDocuments).find(([, text]) => isIt.test(text)) ?? [];
  if (!id) throw new Error(`No operation of the SDK is called ${operation}.`);
  return id;
}

export async function post(
  server: Pick<TestServer, 'url'>,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Pick<Answer, 'data' | 'extensions'> & { errors?: Answer['errors'] };
  return { errors: [], ...answer, status: response.status, headers: response.headers };
}

/** Sends one mutation and gives its result, which must not be a top-level error. */
export async function mutate(
  server: Pick<TestServer, 'url'>,
  token: string | undefined,
  field: string,
  input: object,
  selection: string,
): Promise<Data> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { result: ${field}(input: $input) { __typename ... on Error { code message retryable } ${selection} } }`;
  const { data, errors } = await ask(server, document, { input }, { token });
  if (errors.length > 0) throw new Error(`${field}: ${JSON.stringify(errors)}`);
  return data.result;
}

export const issues = '... on ValidationError { issues { path rule message } }';
