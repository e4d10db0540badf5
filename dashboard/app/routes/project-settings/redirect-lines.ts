type Redirect = { readonly from: string; readonly to: string; readonly permanent: boolean };

/** Redirects as people type them: a line each, `FROM TO`, with `permanent` behind it where it is. */
export const linesOf = (redirects: readonly Redirect[]): string =>
  redirects.map(({ from, to, permanent }) => `${from} ${to}${permanent ? ' permanent' : ''}`).join('\n');

/** Reads them; empty lines do not count. A text says which line is none. */
export function redirectsOf(text: string): Redirect[] | string {
  const found: Redirect[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const [from = '', to, kind = 'temporary', ...more] = line.split(/\s+/);
    if (to === undefined || more.length > 0 || !['permanent', 'temporary'].includes(kind)) {
      return `“${line}” is no redirect: write where from and where to, and “permanent” behind it where it is.`;
    }
    found.push({ from, to, permanent: kind === 'permanent' });
  }
  return found;
}
