import { isIPv6 } from 'node:net';
import { windowMs, type Limits } from '@apployd/core/visitor-limit';

/** Counts what visitors ask of environments, so that one of them cannot ask for everything. */
export type VisitLimits = {
  /** Counts a request. False: it is one too many. */
  admit(environmentId: string, address: string, limits: Limits): boolean;
  /** A request is answered from now on; the function it returns is called once that is over. */
  enter(environmentId: string, address: string): () => void;
};

/** Who comes when so many are known is counted with all, not by address. */
const mostAddresses = 200_000;

export function visitLimits(now: () => number = Date.now): VisitLimits {
  const open = new Map<string, number>();
  let asked = new Map<string, number>();
  let window = 0;

  /** The count after it. */
  const add = (counts: Map<string, number>, key: string, by: 1 | -1) => {
    const count = (counts.get(key) ?? 0) + by;
    if (count <= 0) counts.delete(key);
    else if (counts.has(key) || counts.size < mostAddresses) counts.set(key, count);
    return count;
  };

  const admitAddress = (key: string, limits: Limits) =>
    add(asked, key, 1) <= limits.perAddress && (open.get(key) ?? 0) < limits.open;

  return {
    admit: (environmentId, address, limits) => {
      const current = Math.floor(now() / windowMs);
      if (current !== window) [window, asked] = [current, new Map()];
      const visitor = visitorKey(address);
      // First the address: what it is refused takes nothing from the others.
      if (visitor !== null && !admitAddress(`${environmentId} ${visitor}`, limits)) return false;
      return add(asked, environmentId, 1) <= limits.perEnvironment;
    },
    enter: (environmentId, address) => {
      const visitor = visitorKey(address);
      if (visitor === null) return () => {};
      const key = `${environmentId} ${visitor}`;
      add(open, key, 1);
      let isOver = false;
      return () => {
        if (!isOver) add(open, key, -1);
        isOver = true;
      };
    },
  };
}

/**
 * As whom an address is counted: of IPv6 whoever has the network of 64 bits has all of its addresses. Null for this machine:
 * that is a proxy that nobody has declared, and its visitors are not to pay for each other.
 */
export function visitorKey(address: string): string | null {
  if (address.startsWith('127.') || address === '::1') return null;
  return isIPv6(address) ? networkOf(address) : address;
}

function networkOf(address: string): string {
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  if (after !== undefined) {
    const tail = after === '' ? 0 : after.split(':').length + (after.includes('.') ? 1 : 0);
    while (head.length + tail < 8) head.push('0');
  }
  return head
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
