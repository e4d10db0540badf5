import geist from '@fontsource-variable/geist/files/geist-latin-wght-normal.woff2?url';
import geistMono from '@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2?url';
import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteLoaderData } from '@remix-run/react';
import { type ReactNode, useContext } from 'react';
import { parse } from './api/cookies.js';
import { Live } from './apollo/live.js';
import { Failure } from './shell/failure.js';
import { ThemeScript, themeOf } from './shell/theme.js';
import styles from './styles/app.css?url';
import { Nonce } from './ui/nonce.js';
import { Clock } from './ui/time.js';
import { Toaster } from './ui/toaster.js';
import { zoneCookie, zoneFrom, ZoneOfReader } from './ui/zone.js';

export const links: LinksFunction = () => [
  { rel: 'preload', href: geist, as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' },
  { rel: 'preload', href: geistMono, as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' },
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
];

export const meta: MetaFunction = () => [{ title: 'Apployd' }];

export const loader = ({ request }: LoaderFunctionArgs) => ({
  theme: themeOf(request),
  zone: zoneFrom(parse(request.headers.get('cookie'))[zoneCookie]),
  now: Date.now(),
});

export function Layout({ children }: { readonly children: ReactNode }) {
  const nonce = useContext(Nonce);
  const { theme = 'system' } = useRouteLoaderData<typeof loader>('root') ?? {};
  return (
    <html lang="en" className={theme === 'dark' ? 'dark' : undefined} suppressHydrationWarning>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        {theme === 'system' && <ThemeScript nonce={nonce} />}
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function Root() {
  const { now = 0, zone = zoneFrom(undefined) } = useRouteLoaderData<typeof loader>('root') ?? {};
  return (
    <Live>
      <ZoneOfReader known={zone}>
        <Clock start={now}>
          <Outlet />
        </Clock>
        <Toaster />
      </ZoneOfReader>
    </Live>
  );
}

export const ErrorBoundary = () => <Failure page />;
