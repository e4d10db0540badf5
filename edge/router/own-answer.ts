import { windowMs } from '@apployd/core/visitor-limit';

/** Why the edge answers itself. Sent as the header `apployd-error`, which no app can forge. */
export type OwnErrorCode = keyof typeof errors;

/** An answer made by the edge, ready to be written. */
export type OwnAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export const errorHeader = 'apployd-error';

const errors = {
  BAD_REQUEST: { status: 400, title: 'Bad request', text: 'This request cannot be understood.' },
  UNAUTHORIZED: { status: 401, title: 'Password needed', text: 'This address is open to those who have a password.' },
  BODY_TOO_LARGE: { status: 413, title: 'Too large', text: 'The body of this request is larger than is taken here.' },
  TOO_MANY_REQUESTS: {
    status: 429,
    title: 'Too many requests',
    text: 'More was asked for here than is answered at a time. Try again in a moment.',
  },
  REQUEST_TIMEOUT: { status: 408, title: 'Request timeout', text: 'The request did not arrive in time.' },
  HEADERS_TOO_LARGE: { status: 431, title: 'Headers too large', text: 'The headers of this request are too large.' },
  NO_ROUTE: { status: 404, title: 'Not found', text: 'There is nothing at this address.' },
  MISDIRECTED: { status: 421, title: 'Misdirected request', text: 'This connection is for another host name.' },
  NOBODY_HOME: { status: 503, title: 'Not running', text: 'Nothing is running at this address right now.' },
  BANDWIDTH_USED: {
    status: 503,
    title: 'Not available',
    text: 'This site has reached its limit for this month.',
  },
  MAINTENANCE: { status: 503, title: 'Down for maintenance', text: 'This site is being worked on. Come back shortly.' },
  OVERLOADED: {
    status: 503,
    title: 'Too busy',
    text: 'Too many requests are waiting at this address. Try again shortly.',
  },
  WAKING: {
    status: 503,
    title: 'Waking up',
    text: 'The application was asleep and is starting. Try again in a moment.',
  },
  ASLEEP: {
    status: 503,
    title: 'Asleep',
    text: 'The application is asleep and cannot be woken right now. Try again shortly.',
  },
  UPSTREAM_UNREACHABLE: {
    status: 502,
    title: 'Bad gateway',
    text: 'The application did not answer. Try again shortly.',
  },
  UPSTREAM_TIMEOUT: { status: 504, title: 'Gateway timeout', text: 'The application took too long to answer.' },
  PLATFORM_DOWN: { status: 503, title: 'Back soon', text: 'This service is restarting. Try again shortly.' },
} as const satisfies Record<string, { status: number; title: string; text: string }>;

export const ownErrorCodes = Object.keys(errors) as readonly OwnErrorCode[];

const retryAfterSeconds: Readonly<Record<number, number>> = { 429: windowMs / 1_000, 503: 5 };
/** Nobody works on a site for seconds. */
const maintenanceRetrySeconds = 120;
/** How soon a browser asks again by itself for what is waking. */
const refreshSeconds = 1;

/** What is told in the place of the usual. */
type Said = { readonly text?: string; readonly retryAfterSeconds?: number };

/** Whose names say enough without a number. */
const plainTitles: readonly OwnErrorCode[] = ['MAINTENANCE', 'BANDWIDTH_USED'];

/** A small page for browsers, one line of text for programs. */
export function errorAnswer(code: OwnErrorCode, accept: string | undefined, said: Said = {}): OwnAnswer {
  const { status, title, text: usual } = errors[code];
  const text = said.text ?? usual;
  const { headers, body } =
    code === 'WAKING'
      ? page(title, text, accept, refreshSeconds)
      : page(plainTitles.includes(code) ? title : `${status} ${title}`, text, accept);
  return { status, headers: { ...headers, ...further(code, status, said), [errorHeader]: code }, body };
}

/** Of an environment that is held to a plan that stops it. */
export function bandwidthUsedAnswer(until: Date, accept: string | undefined, now = new Date()): OwnAnswer {
  return errorAnswer('BANDWIDTH_USED', accept, {
    text: `This site has reached its limit for this month. It is back on ${until.toISOString().slice(0, 10)} (UTC) at the latest.`,
    retryAfterSeconds: Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1_000)),
  });
}

function further(code: OwnErrorCode, status: number, said: Said): Record<string, string> {
  if (code === 'UNAUTHORIZED') return { 'www-authenticate': 'Basic realm="Restricted", charset="UTF-8"' };
  const usual = code === 'MAINTENANCE' ? maintenanceRetrySeconds : retryAfterSeconds[status];
  const seconds = said.retryAfterSeconds ?? usual;
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

/** What the platform's own host shows while no dashboard is there. */
export function apiPage(accept: string | undefined): OwnAnswer {
  return { status: 200, ...page('Apployd', 'The API of this platform is at /graphql.', accept) };
}

export function redirectAnswer(to: { readonly status: number; readonly location: string }): OwnAnswer {
  return { status: to.status, headers: { location: to.location, 'content-length': '0' }, body: '' };
}

/** What an authority is told of a token. */
export function challengeAnswer(keyAuthorization: string): OwnAnswer {
  return { status: 200, headers: headersOf('text/plain', keyAuthorization), body: keyAuthorization };
}

export function healthAnswer(isReady: boolean): OwnAnswer {
  const body = isReady ? 'ok\n' : 'starting\n';
  return { status: isReady ? 200 : 503, headers: headersOf('text/plain', body), body };
}

function page(
  title: string,
  text: string,
  accept: string | undefined,
  refresh: number | null = null,
): Omit<OwnAnswer, 'status'> {
  const wantsHtml = accept?.includes('text/html') ?? false;
  const body = wantsHtml ? html(title, text, refresh) : `${title}: ${text}\n`;
  return { headers: headersOf(wantsHtml ? 'text/html' : 'text/plain', body), body };
}

const headersOf = (type: string, body: string) => ({
  'content-type': `${type}; charset=utf-8`,
  'content-length': String(Buffer.byteLength(body)),
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
});

const html = (title: string, text: string, refresh: number | null) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">${refresh === null ? '' : `\n<meta http-equiv="refresh" content="${refresh}">`}
<title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1.5rem}h1{font-size:1.25rem}</style>
<h1>${title}</h1>
<p>${escaped(text)}</p>
</html>
`;

/** A message may be a customer's. */
const escaped = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
