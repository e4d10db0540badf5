import { parse } from '../api/cookies.js';

export type Theme = 'light' | 'dark' | 'system';

const themes: readonly string[] = ['light', 'dark', 'system'];

/** What the visitor has chosen, which the server draws at once; `system` until then. */
export function themeOf(request: Request): Theme {
  const chosen = parse(request.headers.get('cookie'))['theme'] ?? '';
  return isTheme(chosen) ? chosen : 'system';
}

export const isTheme = (name: unknown): name is Theme => themes.includes(String(name));

/** Only the browser knows the system's theme; it runs before anything is drawn. */
export const ThemeScript = ({ nonce }: { readonly nonce: string }) => (
  <script
    nonce={nonce}
    suppressHydrationWarning
    dangerouslySetInnerHTML={{
      __html: followSystem,
    }}
  />
);

/** Until the visitor chooses: the page changes with the system, as at dusk. */
const followSystem = `{
  const system = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => {
    if (!/(^|; )theme=(light|dark)/.test(document.cookie)) document.documentElement.classList.toggle('dark', system.matches);
  };
  follow();
  system.addEventListener('change', follow);
}`;

/** Changes the theme here and for the next page. */
export function switchTheme(): void {
  const isDark = document.documentElement.classList.toggle('dark');
  document.cookie = themeCookie(isDark ? 'dark' : 'light');
}

export const themeCookie = (theme: Theme): string => `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
