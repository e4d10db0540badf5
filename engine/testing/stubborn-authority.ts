import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an authority answers at one step of an order instead of going on. */
export type Refusing = {
  readonly at: 'directory' | 'account' | 'order' | 'validation' | 'finalize';
  readonly status: number;
  readonly problem?: { readonly type: string; readonly detail: string };
  readonly retryAfter?: string;
};

/** An authority that speaks just enough ACME to refuse, in the words of RFC 8555, what a real one refuses rarely. */
export async function stubbornAuthority() {
  let refusing: Refusing | null = null;
  let isAsked = false;
  const server = http.createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const say = (response: http.ServerResponse, status: number, body: object, headers: http.OutgoingHttpHeaders = {}) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'replay-nonce': crypto.randomUUID(), ...headers })
      .end(JSON.stringify(body));

  const refuse = (response: http.ServerResponse, { status, problem, retryAfter }: Refusing) =>
    say(response, status, problem ? { ...problem, type: named(problem.type), status } : {}, {
      ...(retryAfter ? { 'retry-after': retryAfter } : {}),
    });

  const steps: Readonly<Record<string, (response: http.ServerResponse) => unknown>> = {
    directory: (response) =>
      say(response, 200, { newNonce: `${base}/nonce`, newAccount: `${base}/account`, newOrder: `${base}/order` }),
    nonce: (response) => say(response, 200, {}),
    account: (response) => say(response, 201, { status: 'valid' }, { location: `${base}/account/1` }),
    order: (response) => {
      isAsked = false;
      return say(response, 201, theOrder(), { location: `${base}/order-1` });
    },
    'order-1': (response) => say(response, 200, theOrder()),
    authorization: (response) => say(response, 200, theAuthorization()),
    validation: (response) => {
      isAsked = true;
      const [challenge] = theAuthorization().challenges;
      return say(response, 200, { ...challenge }, { link: `<${base}/authorization>;rel="up"` });
    },
    finalize: (response) => say(response, 200, { ...theOrder(), status: 'processing' }),
  };

  const theOrder = () => ({
    status: isAsked ? 'ready' : 'pending',
    ...{ identifiers: [], authorizations: [`${base}/authorization`], finalize: `${base}/finalize` },
  });

  const theAuthorization = () => {
    const error = refusing?.at === 'validation' && isAsked ? refusing.problem : undefined;
    const status = isAsked ? (error ? 'invalid' : 'valid') : 'pending';
    const challenge = { type: 'http-01', url: `${base}/validation`, token: 'token-of-the-challenge', status };
    return {
      ...{ status, identifier: { type: 'dns', value: 'shop.example.test' } },
      challenges: [{ ...challenge, ...(error ? { error: { ...error, type: named(error.type) } } : {}) }],
    };
  };

  function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const step = request.url?.slice(1) ?? '';
    request.resume();
    if (refusing?.at === step && step !== 'validation') refuse(response, refusing);
    else steps[step]?.(response);
  }

  return {
    directory: `${base}/directory`,
    refuse: (how: Refusing) => (refusing = how),
    close: () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}

const named = (type: string) => `urn:ietf:params:acme:error:${type}`;
