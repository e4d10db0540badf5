import { isIPv6 } from 'node:net';
import type { NginxSettings } from './settings.js';

export function listenAddress({ host, port }: Pick<NginxSettings, 'host' | 'port'>): string {
  if (host === '::') return `[::]:${port} ipv6only=off`;
  if (!/^[\w.:%-]+$/.test(host)) throw new Error(`${JSON.stringify(host)} is no address to listen at.`);
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
