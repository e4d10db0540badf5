import { createHash } from 'node:crypto';
import type { VisitorPassword } from '@apployd/core/edge-settings';
import { isVisitorPassword } from '@apployd/backplane/visitor-password/visitor-password';
import { visitorKey } from './visit-limits.js';

/** Who may visit what asks for a password. */
export type VisitorPasswords = {
  /** Whether what a request from that address says of itself opens it. `busy`: too many are being looked at. */
  check(
    passwords: readonly VisitorPassword[],
    authorization: string | undefined,
    address: string,
  ): Promise<PasswordVerdict>;
};

export type PasswordVerdict = 'yes' | 'no' | 'busy';

/** Each takes 16 MiB and a twentieth of a second of a core. */
const mostAtOnce = 2;
/** Of one environment: who tries passwords there keeps nobody from the others. Of an address there it is one. */
const mostWaitingEach = 8;
const mostWaiting = 64;
const mostKnown = 10_000;
const knownForMs = 10 * 60_000;
const longestAuthorization = 1_024;

/** What was found is known for a while, and the same credentials are looked at once however many bring them. */
export function visitorPasswords(now: () => number = Date.now, isRight = isVisitorPassword): VisitorPasswords {
  // Apart: who tries many pushes out none that was right.
  const known = { yes: new Map<string, number>(), no: new Map<string, number>() };
  const underway = new Map<string, Promise<PasswordVerdict>>();
  const waiting = new Map<string, number>();
  const trying = new Set<string>();
  const queue = fairQueue();
  let running = 0;

  const inTurn = async (site: string, work: () => Promise<boolean>) => {
    if (running >= mostAtOnce) await new Promise<void>((resolve) => queue.add(site, resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.next();
      if (next) next();
      else running -= 1;
    }
  };

  const remember = (key: string, verdict: 'yes' | 'no') => {
    const those = known[verdict];
    if (those.size >= mostKnown) those.delete(those.keys().next().value ?? '');
    those.set(key, now() + knownForMs);
    return verdict;
  };

  const remembered = (key: string) =>
    (['yes', 'no'] as const).find((verdict) => (known[verdict].get(key) ?? 0) > now());

  const look = async ({ site, key, visitor, passwords, said }: Try) => {
    const others = waiting.get(site) ?? 0;
    if (others >= mostWaitingEach || queue.size() >= mostWaiting) return 'busy';
    if (visitor !== null && trying.has(visitor)) return 'busy';
    waiting.set(site, others + 1);
    if (visitor !== null) trying.add(visitor);
    try {
      // A name that is not among them takes as long.
      const found = passwords.find(({ name }) => name === said.name);
      const hash = (found ?? passwords[0])?.hash ?? '';
      const isPassed = (await inTurn(site, () => isRight(said.password, hash))) && found !== undefined;
      return remember(key, isPassed ? 'yes' : 'no');
    } finally {
      if (visitor !== null) trying.delete(visitor);
      const left = (waiting.get(site) ?? 1) - 1;
      if (left > 0) waiting.set(site, left);
      else waiting.delete(site);
    }
  };

  return {
    check: async (passwords, authorization, address) => {
      const said = credentialsIn(authorization);
      if (!said) return 'no';
      const site = digestOf(JSON.stringify(passwords));
      const key = digestOf(`${site} ${authorization}`);
      const found = remembered(key);
      if (found) return found;
      const from = visitorKey(address);
      const visitor = from === null ? null : `${site} ${from}`;
      const shared =
        underway.get(key) ?? look({ site, key, visitor, passwords, said }).finally(() => underway.delete(key));
      underway.set(key, shared);
      return shared;
    },
  };
}

type Try = {
  readonly site: string;
  readonly key: string;
  /** Who tries, at this site; null: nobody knows. */
  readonly visitor: string | null;
  readonly passwords: readonly VisitorPassword[];
  readonly said: Credentials;
};

/** One of each site in turn: a site where many wait keeps the others waiting for one. */
function fairQueue() {
  const sites = new Map<string, (() => void)[]>();
  let size = 0;
  return {
    size: () => size,
    add: (site: string, begin: () => void) => {
      size += 1;
      sites.set(site, [...(sites.get(site) ?? []), begin]);
    },
    next: () => {
      const [site, [first, ...rest]] = sites.entries().next().value ?? ['', []];
      sites.delete(site);
      if (first) size -= 1;
      if (rest.length > 0) sites.set(site, rest);
      return first;
    },
  };
}

type Credentials = { readonly name: string; readonly password: string };

function credentialsIn(authorization: string | undefined): Credentials | null {
  if (authorization === undefined || authorization.length > longestAuthorization) return null;
  const [, coded] = /^basic +([a-z0-9+/=_-]+) *$/i.exec(authorization) ?? [];
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(coded ?? '', 'base64').toString()) ?? [];
  return name === undefined || password === undefined ? null : { name, password };
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url');
