import type { IncomingHttpHeaders } from 'node:http';
import type { ResponseHeader } from '@apployd/core/response-header';
import { errorHeader } from './own-answer.js';

/** Who sent a request, as far as the edge vouches for it. */
export type Sender = {
  /** Address of the other end of the connection. */
  readonly address: string;
  /** Of the visitor: behind trusted proxies the nearest address that none of them has, else the same. */
  readonly visitor: string;
  /** A proxy in front of the edge, whose word about the visitor is taken. */
  readonly isTrusted: boolean;
  /** How the connection came in. */
  readonly protocol: 'http' | 'https';
};

/** Between two neighbours only, never passed on (RFC 9110, 7.6.1). */
const hopByHop = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
]);
/** Said by the edge alone: what a stranger says in them is dropped. */
const vouched = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
  'x-request-id',
]);
/** A client may not have these removed by naming them in Connection. */
const framing = new Set(['host', 'content-length', 'transfer-encoding', 'trailer']);

/** The headers a target gets: those of the visitor without what belongs to the connection, and the truth about who sent them. */
export function requestHeaders(headers: IncomingHttpHeaders, sender: Sender, requestId: string): IncomingHttpHeaders {
  const named = connectionTokens(headers.connection);
  const passed: IncomingHttpHeaders = {};
  for (const name in headers) {
    if (hopByHop.has(name) || name === 'expect' || isVouched(name)) continue;
    if (named?.has(name) && !framing.has(name)) continue;
    passed[name] = headers[name];
  }
  const said = sender.isTrusted ? headers : {};
  passed['x-forwarded-for'] = list(said['x-forwarded-for'], sender.address);
  passed['x-forwarded-host'] = first(said['x-forwarded-host']) ?? headers.host;
  passed['x-forwarded-proto'] = protocolOf(first(said['x-forwarded-proto'])) ?? sender.protocol;
  passed['x-request-id'] = requestId;
  return passed;
}

/** The same for the platform's own: the visitor's address stands alone, so that nothing a visitor says is among it. */
export function platformHeaders(headers: IncomingHttpHeaders, sender: Sender, requestId: string): IncomingHttpHeaders {
  return { ...requestHeaders(headers, sender, requestId), 'x-forwarded-for': sender.visitor };
}

/** The same behind a neighbour of the edge's own, which has said who the visitor is: only what belongs to the connection goes. */
export function relayedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const passed: IncomingHttpHeaders = {};
  for (const name in headers) if (!hopByHop.has(name) && name !== 'expect') passed[name] = headers[name];
  return passed;
}

/** The visitor's request id when it looks like one, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : crypto.randomUUID();
}

/** A target's raw header list as the visitor gets it: flat pairs, spelling and order kept, those of `further` in the place of its own. */
export function responseHeaders(
  response: { readonly rawHeaders: readonly string[]; readonly headers: IncomingHttpHeaders },
  requestId: string,
  further: readonly ResponseHeader[] = [],
): string[] {
  const raw = response.rawHeaders;
  const named = connectionTokens(response.headers.connection);
  const replaced = further.length > 0 ? new Set(further.map(({ name }) => name.toLowerCase())) : null;
  const passed: string[] = [];
  let hasId = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const key = name.toLowerCase();
    if (hopByHop.has(key) || key === 'transfer-encoding' || key === errorHeader) continue;
    if (named?.has(key) && !framing.has(key)) continue;
    if (replaced?.has(key)) continue;
    if (key === 'x-request-id') hasId = true;
    passed.push(name, raw[i + 1] as string);
  }
  if (!hasId) passed.push('x-request-id', requestId);
  for (const { name, value } of further) passed.push(name, value);
  return passed;
}

/** Many servers read `X_Forwarded_For` as `X-Forwarded-For`. */
function isVouched(name: string): boolean {
  return vouched.has(name) || (name.includes('_') && vouched.has(name.replaceAll('_', '-')));
}

/** Null when the header names nothing beside the usual words. */
function connectionTokens(connection: string | undefined): ReadonlySet<string> | null {
  if (!connection || /^(keep-alive|close|upgrade)$/i.test(connection)) return null;
  return new Set(connection.split(',').map((token) => token.trim().toLowerCase()));
}

const list = (said: string | string[] | undefined, address: string) =>
  said === undefined ? address : `${said.toString()}, ${address}`;

const first = (said: string | string[] | undefined) => said?.toString().split(',')[0]?.trim() || undefined;

const protocolOf = (said: string | undefined) => (said === 'http' || said === 'https' ? said : undefined);
