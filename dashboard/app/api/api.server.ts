import { redirect } from '@remix-run/node';
import {
  Apployd,
  ApploydError,
  AuthenticationError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  ServerError,
  TimeoutError,
} from '@apployd/sdk';
import type { TypedDocumentNode } from '@apollo/client';
import { print, stripIgnoredCharacters } from 'graphql';
import { pathForLog } from './path-for-log.js';
import type { Problem } from './problem.js';
import { type Attempt, attempt, problemOf } from './problem.server.js';

export type Call = {
  readonly request: Request;
  readonly context: { readonly serverUrl: string; readonly visitor: string; readonly requestId: string };
};

/** What a loader hands to the page: an answer of the API, as the browser's cache wants it. */
export type Loaded<Data, Variables> = { readonly variables: Variables; readonly data: Data };

export type Api = {
  readonly apployd: Apployd;
  /** Asks for a document in Apollo's spelling, which names every type. */
  ask<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Loaded<Data, Variables>>;
  /** Waits for what was asked through `apployd.try`; a refusal, or no answer, is a problem for the page. */
  attempt<Result extends { readonly __typename: string }>(call: Promise<Result>): Promise<Attempt<Result>>;
  /** What the API wants the browser to keep: the session's cookie. */
  readonly cookies: Headers;
};

const deadlineMs = 10_000;

/** The SDK on behalf of the visitor: their cookie goes along, and what the API sets comes back. */
export function apiOf({ request, context }: Call): Api {
  const cookies = new Headers();
  let requestId: string | null = null;
  const apployd = new Apployd({
    url: context.serverUrl,
    // With a cookie the API runs known documents only.
    documents: 'id',
    timeoutMs: deadlineMs,
    retries: 1,
    fetch: async (url, init) => {
      const response = await fetch(url, {
        ...init,
        headers: { ...headersOf(init), ...visitorHeaders(request, context.visitor) },
      });
      requestId = response.headers.get('x-request-id');
      for (const cookie of response.headers.getSetCookie()) cookies.append('set-cookie', cookie);
      return response;
    },
  });
  return {
    apployd,
    cookies,
    attempt: (call) => attempt(call, () => requestId),
    ask: async (document, variables) => ({
      variables,
      data: await apployd.request<never, unknown>(textOf(document), variables, { signal: request.signal, deadlineMs }),
    }),
  };
}

/** Runs a loader; who is not signed in goes to sign in and comes back, and what the API refuses becomes a page that says so. */
export async function signedIn<T>(call: Call, work: (api: Api) => Promise<T>): Promise<T> {
  try {
    return await work(apiOf(call));
  } catch (error) {
    if (error instanceof AuthenticationError) throw redirect(loginFor(call.request));
    if (error instanceof NotFoundError) throw notFound();
    if (error instanceof Response) throw error;
    if (error instanceof ApploydError) throw failed(statusFor(error), problemOf(error));
    throw ourFault(call, error);
  }
}

export const notFound = (): Response => new Response('Not found', { status: 404 });

/** What passes by itself has a status of its own: the page tries that again. */
function statusFor(error: ApploydError): number {
  if (error instanceof RateLimitError) return 429;
  const passes = error instanceof NetworkError || error instanceof TimeoutError || error instanceof ServerError;
  return passes ? 502 : 500;
}

/** A page in place of what could not be shown, with why. */
const failed = (status: number, problem: Problem): Response => Response.json(problem, { status });

/** The log says what it was, the page by which number to find it there. */
function ourFault({ request, context: { requestId } }: Call, error: unknown): Response {
  const text = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${requestId} ${request.method} ${pathForLog(request.url)}: ${text}\n`);
  const message = 'The dashboard met a fault of its own. What you deployed keeps running.';
  return failed(500, { message, fields: {}, code: 'INTERNAL', requestId });
}

export function loginFor(request: Request): string {
  const { pathname, search } = new URL(request.url);
  const page = pathname.replace(/\.data$/, '').replace(/^\/_root$/, '/');
  return page === '/' ? '/login' : `/login?${new URLSearchParams({ to: page + search })}`;
}

const headersOf = (init: RequestInit | undefined) => Object.fromEntries(new Headers(init?.headers).entries());

function visitorHeaders(request: Request, visitor: string): Record<string, string> {
  const cookie = request.headers.get('cookie');
  // So that the list of sessions names the visitor's browser.
  const agent = request.headers.get('user-agent');
  return { 'x-forwarded-for': visitor, ...(cookie && { cookie }), ...(agent && { 'user-agent': agent }) };
}

const texts = new WeakMap<object, string>();

/** The very text that the allow-list of persisted documents holds. */
function textOf(document: TypedDocumentNode<never, never> | object): string {
  const known = texts.get(document) ?? stripIgnoredCharacters(print(document as never));
  texts.set(document, known);
  return known;
}
