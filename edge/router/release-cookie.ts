import { createHash } from 'node:crypto';

/**
 * What keeps a visitor with one release while two are served: a number that was drawn once, and of which rollout it is. Who
 * has a number below the share of the new release is its visitor, so that a growing share takes more of them over and gives
 * none back. `lua/rollout.ts` is the same.
 */
export const releaseCookie = 'apployd-release';

/** Where the visitor is on HTTPS: a browser takes it from this host alone, so that no neighbouring one sets it. */
export const secureReleaseCookie = `__Host-${releaseCookie}`;

/** What an answer says to shared caches alone, beside `cache-control`. */
export const sharedCacheHeaders = [
  'cdn-cache-control',
  'cloudflare-cdn-cache-control',
  'netlify-cdn-cache-control',
  'vercel-cdn-cache-control',
  'surrogate-control',
  'edge-control',
  'x-accel-expires',
];

/** Visitors are told apart in so many parts: a hundredth of a percent each. */
export const numbers = 10_000;

/** Longer than any rollout lasts: ten steps of a day, each of which may wait as long again. One that is left over from another is ignored. */
export const cookieSeconds = 21 * 24 * 3_600;

/** Says nothing about the deployment to who does not know it. */
export function rolloutTag(deploymentId: string): string {
  return createHash('sha256').update(deploymentId).digest('base64url').slice(0, 16);
}

/** The number that a visitor of this rollout has; null: none, or one of another rollout. */
export function numberIn(cookies: string | undefined, tag: string, isSecure: boolean): number | null {
  for (const value of valuesOf(nameOf(isSecure), cookies)) {
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
  return `${nameOf(isSecure)}=${value}; Path=/; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

/** What an answer of either release says of being kept: a cache that gave it to others would give them the other release. */
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

const nameOf = (isSecure: boolean) => (isSecure ? secureReleaseCookie : releaseCookie);

const isOurs = (cookie: string) =>
  cookie.startsWith(`${releaseCookie}=`) || cookie.startsWith(`${secureReleaseCookie}=`);

const valuesOf = (name: string, cookies: string | undefined) =>
  cookies?.includes(releaseCookie)
    ? parts(cookies)
        .filter((each) => each.startsWith(`${name}=`))
        .map((each) => each.slice(name.length + 1))
    : [];
