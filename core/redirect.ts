import { z } from 'zod';

const mostRedirects = 100;
/** Over all of them: an edge keeps those of every project in memory. */
const mostCharacters = 16_384;
const printable = /^[\x21-\x7e]{1,2048}$/;

const fromProblem =
  'What a redirect leads from is a path such as /old, or /blog/* for all below it: at most 2,048 characters of ASCII without spaces, "?" and "#".';
const toProblem =
  'What a redirect leads to is a path such as /new or an address such as https://example.com/new: at most 2,048 characters of ASCII without spaces.';
const loopProblem = 'This redirect leads to itself: let it lead somewhere else.';

/** Where an edge sends visitors of a path, before any instance is asked. */
export type Redirect = {
  /** A path, or with `/*` at its end all paths below it. */
  readonly from: string;
  /** A path or an address. With `/*` at its end what stood for the asterisk of `from` follows. */
  readonly to: string;
  /** 308 instead of 307: browsers keep it. */
  readonly permanent: boolean;
};

const redirect = z
  .object({
    from: z.string().refine((from) => printable.test(from) && /^\/[^?#*]*$|^\/([^?#*]*\/)?\*$/.test(from), fromProblem),
    to: z
      .string()
      .refine(
        (to) => printable.test(to) && /^(\/(?!\/)|https?:\/\/[^/?#*\\]+)[^*\\]*((?<=\/)\*)?$/i.test(to),
        toProblem,
      ),
    permanent: z.boolean().default(false),
  })
  .refine((one) => !one.to.startsWith('/') || redirectFor([one], one.to.replace(/\*$/, '')) === null, {
    path: ['to'],
    message: loopProblem,
  });

export const redirects = z
  .array(redirect)
  .max(mostRedirects, `A project has at most ${mostRedirects} redirects: leave some out.`)
  .refine(
    (list) => list.reduce((sum, { from, to }) => sum + from.length + to.length, 0) <= mostCharacters,
    'All redirects of a project together have at most 16,384 characters: leave some out, or use /* for many at once.',
  );

/** Where a request for this path and query goes instead, by the first rule that fits; null when none does. */
export function redirectFor(rules: readonly Redirect[], url: string): { status: 307 | 308; location: string } | null {
  const [path = '', query = ''] = url.split(/([?#].*)/s, 2);
  for (const { from, to, permanent } of rules) {
    const rest = restOf(from, path);
    if (rest === null) continue;
    const location = to.endsWith('*') ? withinSite(`${to.slice(0, -1)}${rest}`) : to;
    const keepsQuery = query.startsWith('?') && !to.includes('?');
    return { status: permanent ? 308 : 307, location: keepsQuery ? `${location}${query}` : location };
  }
  return null;
}

/** What of a path stands for the asterisk; null when it is another path. */
function restOf(from: string, path: string): string | null {
  if (!from.endsWith('*')) return path === from ? '' : null;
  return path.startsWith(from.slice(0, -1)) ? path.slice(from.length - 1) : null;
}

/** Browsers read two slashes at the beginning as the name of another host, which a visitor's path must not choose. */
const withinSite = (location: string): string => location.replace(/^[/\\]{2,}/, '/');
