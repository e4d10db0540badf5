import type { IncomingMessage } from 'node:http';

/** What every answer carries; pages add their Content-Security-Policy, which knows their nonce. */
export function safetyHeaders({ headers }: IncomingMessage): readonly (readonly [string, string])[] {
  const always = [
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    // Not `no-referrer`: with it browsers hide the Origin of our own forms.
    ['referrer-policy', 'same-origin'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=()'],
  ] as const;
  const isSecure = headers['x-forwarded-proto'] === 'https';
  return isSecure ? [...always, ['strict-transport-security', 'max-age=31536000']] : always;
}

/** Scripts by nonce alone; styles from our own files or by nonce, and as attributes, which carry measures and colours. */
export function contentSecurityPolicy(nonce: string, host: string | null): string {
  const sockets = host === null ? '' : ` ws://${host} wss://${host}`;
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${sockets}`,
    // A form that opens a page of Stripe's is answered with the way there.
    "form-action 'self' https://checkout.stripe.com https://billing.stripe.com",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "manifest-src 'self'",
  ].join('; ');
}

/** Whether a page of another site sent this, with the visitor's cookie along. */
export function foreignOrigin({ method = 'GET', headers }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  const { origin } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] === 'cross-site';
  return !URL.canParse(origin) || new URL(origin).host !== hostOf(headers);
}

/** The host that the visitor asked for, as the edge says it; null when it is no host. */
export function hostOf(headers: IncomingMessage['headers']): string | null {
  const host = String(headers['x-forwarded-host'] ?? headers.host ?? '');
  return /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(host) ? host : null;
}
