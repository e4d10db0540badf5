import { createHash } from 'node:crypto';

/**
 * What keeps a visitor with one release while two are served: a number that was drawn once, and of which rollout it is. Who
 * has a number below the share of the new release is its visitor, so that a growing share takes more of them over and gives
 * none back. `lua/rollout.ts` is the same.
 */
export const releaseCookie = 'apployd-release';

/** Visitors are told apart in so many parts: a hundredth of a percent each. */
export const numbers = 10_000;

/** Longer than a rollout usually lasts; one that is left over from another is ignored. */
export const cookieSeconds = 7 * 24 * 3_600;

/** Says nothing about the deployment to who does not know it. */
export function rolloutTag(deploymentId: string): string {
  return createHash('sha256').update(deploymentId).digest('base64url').slice(0, 16);
}

/** The number that a visitor of this rollout has; null: none, or one of another rollout. */
export function numberIn(cookies: string | undefined, tag: string): number | null {
  for (const value of ownValues(cookies)) {
    const [, of, number] = /^([\w-]{1,32})\.(\d{4})$/.exec(value) ?? [];
    if (of === tag) return Number(number);
  }
  return null;
}

export const drawNumber = (): number => Math.floor(Math.random() * numbers);

/** The cookies without ours, for an app that is not to see it; undefined when nothing is left. */
export function withoutOurs(cookies: string | undefined): string | undefined {
  if (!cookies?.includes(releaseCookie)) return cookies;
  const others = parts(cookies).filter((each) => !isOurs(each));
  return others.length > 0 ? others.join('; ') : undefined;
}

export function setCookie(tag: string, number: number, isSecure: boolean): string {
  const value = `${tag}.${String(number).padStart(4, '0')}`;
  return `${releaseCookie}=${value}; Path=/; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

/** What an answer says of being kept that gives somebody a number: no cache may give it to others. */
export function keptPrivately(cacheControl: string | undefined): string {
  const said = (cacheControl ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const names = said.map((each) => each.toLowerCase());
  if (names.includes('private') || names.includes('no-store')) return said.join(', ');
  return ['private', ...said.filter((each) => !/^(public|s-maxage\s*=.*)$/i.test(each))].join(', ');
}

const parts = (cookies: string) => cookies.split(';').map((each) => each.trim());

const isOurs = (cookie: string) => cookie.startsWith(`${releaseCookie}=`);

const ownValues = (cookies: string | undefined) =>
  cookies?.includes(releaseCookie)
    ? parts(cookies)
        .filter(isOurs)
        .map((each) => each.slice(releaseCookie.length + 1))
    : [];
