/** 1 to 40 characters of a-z, 0-9 and single dashes, a letter or digit at both ends. */
const slugPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const maxSlugLength = 40;

export function isSlug(text: string): boolean {
  return text.length <= maxSlugLength && slugPattern.test(text);
}

/** The nearest slug to a name, or null when nothing of it can be kept. */
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

/** First segments of the platform's own addresses: an organization of that name could not be reached. */
const ownPaths: ReadonlySet<string> = new Set(
  (
    'account accept admin api assets audit auth billing confirm dashboard docs graphql healthz help invitations join login ' +
    'logout metrics new oauth operator password platform plans pricing readyz reset settings signin signout signup ' +
    'static status support theme uploads verify webhooks'
  ).split(' '),
);

export function isReservedSlug(slug: string): boolean {
  return ownPaths.has(slug);
}
