import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseAddress } from '../../address.js';

/** Finds the address behind a name: Nginx is told addresses only. */
export type Resolve = (name: string) => Promise<string>;

const resolvesWithinMs = 3_000;

export const resolveByHost: Resolve = async (name) => {
  const found = await Promise.race([lookup(name, { all: true }), setTimeout(resolvesWithinMs, [], { ref: false })]);
  // A name of the machine itself has both, and most apps listen at the older kind alone.
  const [first] = [...found].sort((a, b) => a.family - b.family);
  if (!first) throw new Error(`${name} has no address, or none was found within ${resolvesWithinMs} ms.`);
  return first.address;
};

export const isNamed = (target: string): boolean => isIP(parseAddress(target).host) === 0;

/** `host:port` with an address in the place of a name. */
export async function resolveTarget(target: string, resolve: Resolve): Promise<string> {
  const { host, port } = parseAddress(target);
  const address = isIP(host) ? host : await resolve(host);
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
