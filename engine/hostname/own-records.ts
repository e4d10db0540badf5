import { isIPv6 } from 'node:net';
import type { Engine } from '../engine.js';
import type { DnsRecord } from '../dns/dns.js';

/** The records with which a host name of the platform's leads to the edges: an address of each family, the first one that was set. */
export function ownRecords({ settings }: Pick<Engine, 'settings'>, name: string): readonly DnsRecord[] {
  const { edgeAddresses, isDnsProxied: isProxied } = settings;
  const v4 = edgeAddresses.find((address) => !isIPv6(address));
  const v6 = edgeAddresses.find(isIPv6);
  return [
    ...(v4 ? [{ type: 'A', name, content: v4, isProxied } as const] : []),
    ...(v6 ? [{ type: 'AAAA', name, content: v6, isProxied } as const] : []),
  ];
}
