import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { newId } from '@apployd/core/id';
import { atTimeOf, customerIn } from './stripe-clock-routes.js';
import { parseForm } from './stripe-form.js';
import { ApiError, invalid, parametersOf } from './stripe-request.js';
import { routes } from './stripe-routes.js';
import { apiVersion } from './stripe-shown.js';
import { advance, completeCheckout, end, payAll } from './stripe-time.js';
import { emptyWorld, existing, type Event, type Subscription, type World } from './stripe-world.js';

/** Stripe's API as far as subscriptions go: strict in what it takes, with state, and with a clock that tests move. */
export type StripeApi = Awaited<ReturnType<typeof stripeApi>>;

type Answer = { readonly status: number; readonly body: object };

export async function stripeApi(now = new Date()) {
  const secretKey = `sk_test_${newId()}`;
  const world = emptyWorld(now);
  const answered = new Map<string, { readonly asked: string; readonly answer: Answer }>();
  const asked: string[] = [];
  let refused = { count: 0, status: 500, path: /^/ };
  let lost = { count: 0, path: /^/ };
  let heldUp: { readonly path: RegExp; readonly until: Promise<void> } | null = null;
  let meanwhile: { readonly method: string; readonly path: string; readonly run: () => void } | undefined;
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stripe.test');
    asked.push(`${request.method} ${url.pathname}`);
    const before = meanwhile?.path === url.pathname && request.method === meanwhile.method ? meanwhile.run : undefined;
    if (before) meanwhile = undefined;
    before?.();
    void respond(request, url).then(({ status, body }) => {
      if (lost.count > 0 && request.method === 'POST' && lost.path.test(url.pathname)) {
        lost.count -= 1;
        return void request.socket.destroy();
      }
      response.writeHead(status, { 'content-type': 'application/json', 'request-id': `req_${newId()}` });
      response.end(JSON.stringify(body));
    });
  });

  const respond = async (request: http.IncomingMessage, url: URL): Promise<Answer> => {
    const text = await textOf(request);
    if (request.method === 'POST' && heldUp?.path.test(url.pathname)) await heldUp.until;
    try {
      checkHeaders(request, secretKey);
      return answerOnce(request, url, text);
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: error.body };
      throw error;
    }
  };

  const breakOr = (url: URL, run: () => Answer): Answer => {
    if (refused.count === 0 || !refused.path.test(url.pathname)) return run();
    refused.count -= 1;
    throw new ApiError(refused.status, { type: 'api_error', message: 'Something broke.' });
  };

  /** A key is answered the same again; with another request it is refused. */
  const answerOnce = (request: http.IncomingMessage, url: URL, text: string): Answer => {
    if (request.method === 'GET') return breakOr(url, () => work(world, request, url, url.search.slice(1)));
    const key = String(request.headers['idempotency-key'] ?? '');
    if (!key || key.length > 255) throw invalid('idempotency_key_missing', 'Idempotency-Key is missing or too long.');
    const before = answered.get(key);
    const which = `${url.pathname} ${text}`;
    if (before && before.asked !== which) {
      const message =
        'Keys for idempotent requests can only be used with the same parameters they were first used with.';
      throw new ApiError(400, { type: 'idempotency_error', message });
    }
    const answer = before?.answer ?? settled(() => breakOr(url, () => work(world, request, url, text)));
    // What was refused for its form, or before it was begun, is not kept; what broke or was declined is.
    if (![400, 404, 409, 429].includes(answer.status)) answered.set(key, { asked: which, answer });
    return answer;
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    secretKey,
    world,
    /** `METHOD path` of each request. */
    asked,
    now: () => new Date(world.now * 1_000),
    /** What has happened, the oldest first: deliver it in any order, often, late or never. */
    events: world.events as readonly Event[],
    /** So many requests from now on fail with this status. */
    refuse: (count: number, status = 500, path = /^/) => void (refused = { count, status, path }),
    /** The answers to so many writing requests from now on are lost on their way: what was asked for is done. */
    lose: (count: number, path = /^/) => void (lost = { count, path }),
    /** Idempotency keys are of more than a day ago. */
    forgetKeys: () => answered.clear(),
    /** Writing requests wait until they are let go, by what this gives. */
    holdUp: (path: RegExp): (() => void) => {
      let resolve = () => {};
      heldUp = { path, until: new Promise((done) => (resolve = done)) };
      return () => {
        heldUp = null;
        resolve();
      };
    },
    /** Happens once, right before such a request is answered. */
    before: (method: string, path: string, run: () => void) => void (meanwhile = { method, path, run }),
    /** Lets time go by for every subscription but those of test clocks, which the API moves. */
    advance: (to: Date) => advance(world, to),
    /** The customer gives a card on the page that was opened. */
    buy: (pageUrl: string, { percentOff = 0, declines = false } = {}): Subscription => {
      const session = existing(world.sessions, pageUrl.split('/').at(-1) ?? '');
      if (declines) world.declined.add(session.customer);
      return atTimeOf(world, session.customer, () => completeCheckout(world, session, percentOff));
    },
    declineFrom: (customerId: string) => void world.declined.add(customerId),
    pay: (customerId: string) => atTimeOf(world, customerId, () => payAll(world, customerId)),
    /** In the portal, which says the time alone. */
    endInPortal: (id: string) => {
      const one = existing(world.subscriptions, id);
      one.cancelAt = one.periodEnd;
    },
    /** In Stripe's dashboard; with all that the customer has. */
    deleteCustomer: (id: string) =>
      atTimeOf(world, id, () => {
        for (const one of world.subscriptions.values()) {
          if (one.customer === id && one.status !== 'canceled') end(world, one);
        }
        existing(world.customers, id).deleted = true;
      }),
    /** In Stripe's dashboard. */
    pauseCollection: (id: string, isPaused = true) => void (existing(world.subscriptions, id).isPaused = isPaused),
    /** In Stripe's dashboard. */
    cancelNow: (id: string) => {
      const one = existing(world.subscriptions, id);
      atTimeOf(world, one.customer, () => end(world, one));
    },
    close: async () => void (await new Promise((resolve) => server.close(resolve).closeAllConnections())),
  };
}

/** The body of a delivery and its signature, as Stripe makes it. */
export function signed(event: Event, secret: string, at = new Date()) {
  const body = JSON.stringify(event);
  const timestamp = Math.floor(at.getTime() / 1_000);
  return { body, signature: Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp }) };
}

function settled(run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, body: error.body };
    throw error;
  }
}

function work(world: World, { method }: http.IncomingMessage, url: URL, text: string): Answer {
  const [route, id] = routeOf(`${method} ${url.pathname}`);
  const todo = routes[route];
  if (!todo) throw new ApiError(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${route})` });
  const form = parseForm(text);
  if (!form) throw invalid('parameter_invalid', 'The body is no form.');
  const parameters = parametersOf(form);
  return atTimeOf(world, customerIn(world, form, id), () => {
    const act = todo(world, parameters, id);
    parameters.refuseOthers();
    // What is shown is what it is now, not what it will be.
    return { status: 200, body: structuredClone(act()) };
  });
}

/** The route of a path, and the id in it. */
function routeOf(asked: string): readonly [string, string] {
  if (asked in routes) return [asked, ''];
  const parts = asked.split('/');
  const at = parts.findIndex((part) => /^[a-z_]+_\w*\d/.test(part) || /^apployd_/.test(part));
  return [parts.map((part, index) => (index === at ? '*' : part)).join('/'), parts[at] ?? ''];
}

function checkHeaders({ headers, method }: http.IncomingMessage, secretKey: string): void {
  if (headers.authorization !== `Bearer ${secretKey}`) {
    throw new ApiError(401, { type: 'invalid_request_error', message: 'Invalid API Key provided.' });
  }
  if (headers['stripe-version'] !== apiVersion) throw invalid('invalid_version', 'Another version is expected.');
  if (method === 'POST' && !/^application\/x-www-form-urlencoded/.test(headers['content-type'] ?? '')) {
    throw invalid('parameter_invalid', 'Send a form.');
  }
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}
