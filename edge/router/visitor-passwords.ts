import { createHash } from 'node:crypto';
import type { VisitorPassword } from '@apployd/core/edge-settings';
import { isVisitorPassword } from '@apployd/backplane/visitor-password/visitor-password';

/** Who may visit what asks for a password. */
export type VisitorPasswords = {
  /** Whether what a request says of itself opens it. `busy`: too many are being looked at. */
  check(passwords: readonly VisitorPassword[], authorization: string | undefined): Promise<PasswordVerdict>;
};

export type PasswordVerdict = 'yes' | 'no' | 'busy';

/** Each takes 16 MiB and a twentieth of a second of a core. */
const mostAtOnce = 2;
/** Of one environment: who tries passwords there keeps nobody from the others. */
const mostWaitingEach = 8;
const mostWaiting = 64;
const mostKnown = 10_000;
const knownForMs = 10 * 60_000;
const longestAuthorization = 1_024;

/** What was found is known for a while, and the same credentials are looked at once however many bring them. */
export function visitorPasswords(now: () => number = Date.now, isRight = isVisitorPassword): VisitorPasswords {
  const known = new Map<string, { readonly verdict: 'yes' | 'no'; readonly until: number }>();
  const underway = new Map<string, Promise<PasswordVerdict>>();
  const waiting = new Map<string, number>();
  const queue: (() => void)[] = [];
  let running = 0;

  const inTurn = async (work: () => Promise<boolean>) => {
    if (running >= mostAtOnce) await new Promise<void>((resolve) => void queue.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };

  const look = async (site: string, key: string, passwords: readonly VisitorPassword[], said: Credentials) => {
    const others = waiting.get(site) ?? 0;
    if (others >= mostWaitingEach || queue.length >= mostWaiting) return 'busy';
    waiting.set(site, others + 1);
    try {
      // A name that is not among them takes as long.
      const found = passwords.find(({ name }) => name === said.name);
      const hash = (found ?? passwords[0])?.hash ?? '';
      const isPassed = (await inTurn(() => isRight(said.password, hash))) && found !== undefined;
      if (known.size >= mostKnown) known.delete(known.keys().next().value ?? '');
      known.set(key, { verdict: isPassed ? 'yes' : 'no', until: now() + knownForMs });
      return isPassed ? 'yes' : 'no';
    } finally {
      const left = (waiting.get(site) ?? 1) - 1;
      if (left > 0) waiting.set(site, left);
      else waiting.delete(site);
    }
  };

  return {
    check: async (passwords, authorization) => {
      const said = credentialsIn(authorization);
      if (!said) return 'no';
      const site = digestOf(JSON.stringify(passwords));
      const key = digestOf(`${site} ${authorization}`);
      const found = known.get(key);
      if (found && found.until > now()) return found.verdict;
      const shared = underway.get(key) ?? look(site, key, passwords, said).finally(() => underway.delete(key));
      underway.set(key, shared);
      return shared;
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
