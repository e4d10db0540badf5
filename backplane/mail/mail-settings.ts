import { z } from 'zod';

/** The environment variables of whoever sends mails. */
export const mailSettings = {
  MAIL_URL: z
    .string()
    .refine((url) => problemOf(url) === null, { error: ({ input }) => problemOf(String(input)) ?? undefined })
    .optional()
    .meta({
      description:
        'Mails are sent through this server: smtps://user:password@host, or smtp:// for STARTTLS. Without it they are printed in the log.',
    }),
  MAIL_FROM: z
    .string()
    .regex(/^([^<>"\r\n]{1,100} <[^<>@\s,;"]+@[^<>@\s,;"]+>|[^<>@\s,;"]+@[^<>@\s,;"]+)$/, {
      error: 'is to be an address, with a name or without: Apployd <no-reply@example.com>',
    })
    .optional()
    .describe('From whom mails are: Apployd <no-reply@example.com>. Needed where MAIL_URL is set.'),
};

/** A sender without a server prints; a server without a sender has nobody to speak for. */
export function checkSender(
  { MAIL_URL, MAIL_FROM }: { readonly MAIL_URL?: string; readonly MAIL_FROM?: string },
  context: { addIssue(issue: { code: 'custom'; path: string[]; message: string; input: unknown }): void },
): void {
  if (MAIL_URL === undefined || MAIL_FROM !== undefined) return;
  const message = 'is to be the address that mails come from, where MAIL_URL is set: Apployd <no-reply@example.com>';
  context.addIssue({ code: 'custom', path: ['MAIL_FROM'], message, input: MAIL_FROM });
}

export type MailServer = {
  readonly host: string;
  readonly port: number;
  /** Encrypted from the first byte; or after STARTTLS, without which nothing is sent; or not at all. */
  readonly tls: 'at-once' | 'required' | 'off';
  readonly user: string | null;
  readonly password: string | null;
};

/** What a MAIL_URL says. On this machine nothing is encrypted, unless it is asked for with `?tls=required`. */
export function mailServerOf(url: string): MailServer {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const isSecure = protocol === 'smtps:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isSecure ? 465 : 587),
    tls: isSecure ? 'at-once' : isOff(searchParams, hostname) ? 'off' : 'required',
    user: username ? decodeURIComponent(username) : null,
    password: password ? decodeURIComponent(password) : null,
  };
}

function isOff(parameters: URLSearchParams, hostname: string): boolean {
  return (parameters.get('tls') ?? (isThisMachine(hostname) ? 'off' : 'required')) === 'off';
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

const shape = 'is to be the address of a mail server: smtps://user:password@mail.example.com, or smtp:// for STARTTLS';

function problemOf(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^smtps?:$/.test(parsed.protocol) || !parsed.hostname) return shape;
  if (!isDecodable(parsed.username + parsed.password)) return `${shape}; a % in it is written %25`;
  if (parsed.password && !parsed.username) return `${shape}; there is a password, but no user`;
  const others = [...parsed.searchParams].filter(([name, value]) => name !== 'tls' || !/^(required|off)$/.test(value));
  if (others.length > 0 || parsed.pathname.length > 1 || parsed.hash)
    return `${shape}; after it only ?tls=off may come`;
  const { tls, user } = mailServerOf(url);
  if (tls !== 'off' || user === null || isThisMachine(parsed.hostname)) return null;
  return 'is to be without ?tls=off where there is a password, which everybody on the way could read';
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
