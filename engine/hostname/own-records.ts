import { isIPv6 } from 'node:net';
import { plainAddress } from '@apployd/core/plain-address';
import type { Engine } from '../engine.js';
import type { DnsRecord } from '../dns/dns.js';

/** The records with which a host name of the platform's leads to the edges: one for each of their addresses. */
export function ownRecords({ settings }: Pick<Engine, 'settings'>, name: string): readonly DnsRecord[] {
  const { edgeAddresses, isDnsProxied: isProxied } = settings;
  const addresses = new Set(edgeAddresses.map(plainAddress));
  return [...addresses].map((content) => ({ type: isIPv6(content) ? 'AAAA' : 'A', name, content, isProxied }));
}
