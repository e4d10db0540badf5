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
};

/** Asks the server over HTTP. */
export async function ask(
  server: Pick<TestServer, 'url'>,
  query: string,
  variables: object = {},
  { token, headers = {} }: { readonly token?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as { data?: Data; errors?: Answer['errors'] };
  return { status: response.status, headers: response.headers, data: body.data, errors: body.errors ?? [] };
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
