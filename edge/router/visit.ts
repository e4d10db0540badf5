import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { normalHostname } from '@apployd/core/hostname';
import type { Sender } from './headers.js';

/** The host name a request is for, or null when it names none. A full URL as the target outranks the header, and is made a path. */
export function takeHostname(req: IncomingMessage): string | null {
  const url = req.url ?? '/';
  if (!url.startsWith('/') && url !== '*') {
    const absolute = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url);
    if (!absolute) return null;
    req.headers.host = absolute[1];
    req.url = absolute[2]?.startsWith('/') ? absolute[2] : `/${absolute[2] ?? ''}`;
  }
  const hostname = normalHostname(req.headers.host ?? '');
  return /^[a-z0-9._-]+$|^\[[0-9a-f:.]+\]$/.test(hostname) ? hostname : null;
}

/** Whether the request came over TLS to this edge. */
export const isEncrypted = (req: IncomingMessage): boolean =>
  'encrypted' in req.socket && req.socket.encrypted === true;

/** Whether a body comes with the request. */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

/** Asking twice does what asking once does, and nothing is lost by it. */
export function isRepeatable(req: IncomingMessage): boolean {
  return (req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS') && !hasBody(req);
}

/** Tells of an address whether it is one of the proxies in front: addresses and subnets (`10.0.0.0/8`). */
export function trustedBy(trustedProxies: readonly string[]): (address: string) => boolean {
  if (trustedProxies.length === 0) return () => false;
  const trusted = new BlockList();
  for (const each of trustedProxies) {
    const [address = '', bits] = each.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  return (address) => address !== '' && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Who sends a request, by what the proxies in front say. */
export function senderOf(trustedProxies: readonly string[]): (req: IncomingMessage) => Sender {
  const isProxy = trustedBy(trustedProxies);
  return (req) => {
    const address = (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const isTrusted = isProxy(address);
    const visitor = isTrusted ? visitorOf(address, req.headers['x-forwarded-for'], isProxy) : address;
    return { address, visitor, isTrusted, protocol: isEncrypted(req) ? 'https' : 'http' };
  };
}

/** Each proxy has appended whom it saw: the first from the right that is no proxy of ours is the visitor. */
function visitorOf(proxy: string, said: string | string[] | undefined, isProxy: (address: string) => boolean): string {
  const seen = (said ?? '').toString().split(',');
  let visitor = proxy;
  for (const each of seen.reverse().map((one) => one.trim().replace(/^::ffff:/, ''))) {
    if (isIP(each) === 0) return visitor;
    visitor = each;
    if (!isProxy(each)) return visitor;
  }
  return visitor;
}
