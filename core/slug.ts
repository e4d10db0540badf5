/** 1 to 40 characters of a-z, 0-9 and single dashes, a letter or digit at both ends. */
const slugPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const maxSlugLength = 40;

export type SlugOwner = 'organization' | 'project' | 'environment';

/**
 * Slugs that are nobody's, because an address with them means something else: pages of the dashboard, paths of the
 * server at the same host, and words that pages to come will want. A new page's path goes in here first.
 */
export const reservedSlugs: Readonly<Record<SlugOwner, readonly string[]>> = {
  // apployd.example/login
  organization: [
    ...['login', 'signup', 'logout', 'account', 'theme', 'join', 'invite', 'verify', 'reset', 'new', 'settings'],
    ...['graphql', 'uploads', 'webhooks', 'healthz', 'readyz', 'metrics', 'assets', 'api', 'auth', 'oauth', 'static'],
    ...[
      'invitations',
      'verify-email',
      'reset-password',
      'audit',
      'operator',
      'platform',
      'plans',
      'dashboard',
      'confirm',
    ],
    ...['admin', 'apployd', 'billing', 'docs', 'help', 'pricing', 'privacy', 'status', 'support', 'terms', 'www'],
  ],
  // apployd.example/acme/pool
  project: [
    ...['new', 'pool', 'search', 'domains', 'servers', 'activity', 'billing', 'settings', 'members', 'tokens'],
    ...['audit', 'invitations', 'notifications', 'usage', 'projects', 'deleted'],
  ],
  // apployd.example/acme/shop/environments/staging
  environment: [],
};

export function isSlug(text: string): boolean {
  return text.length <= maxSlugLength && slugPattern.test(text);
}

export function isReserved(owner: SlugOwner, slug: string): boolean {
  return reservedSlugs[owner].includes(slug);
}

/** The nearest slug to a name, or null when nothing of it can be kept. It may be reserved. */
export function slugFrom(name: string): string | null {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxSlugLength)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? null : slug;
}

/** The slug with letters behind it, for one that cannot be had. */
export function slugWith(slug: string, suffix: string): string {
  return `${slug.slice(0, maxSlugLength - suffix.length - 1).replace(/-$/, '')}-${suffix}`;
}
