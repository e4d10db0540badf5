import { isIPv6 } from 'node:net';

/**
 * The network that an address stands for where tries are counted: whoever has one address of IPv6 has all of its /64. One of
 * IPv4 stands for itself, however it is written.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const groups = groupsOf(plain);
  if (isMapped(groups)) return groups.slice(6).flatMap(bytesOf).join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight numbers of an address of IPv6. */
function groupsOf(address: string): readonly number[] {
  // A URL has it without dots in its end.
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = written.split('::').map((part) => part.split(':').filter(Boolean));
  const between = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...between, ...tail].map((group) => Number.parseInt(group, 16));
}

/** ::ffff:0:0/96 */
function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

const bytesOf = (group: number): readonly number[] => [group >> 8, group & 0xff];
