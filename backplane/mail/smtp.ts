import { withinDeadline } from '@apployd/core/deadline';
import { createTransport } from 'nodemailer';
import { MailFailure, type MailTransport, type OutgoingMail } from './mail-transport.js';
import { mailServerOf } from './mail-settings.js';

export type SmtpOptions = {
  /** MAIL_URL */
  readonly url: string;
  /** MAIL_FROM */
  readonly from: string;
  /** Whose certificates count, instead of those that Node knows. */
  readonly ca?: string;
  /** For the connection, the greeting, and each silence. */
  readonly silenceMs?: number;
  /** For one mail from beginning to end. */
  readonly deadlineMs?: number;
};

/** Hands mails to a mail server over a few connections that stay open for a while. */
export function smtpMail({ url, from, ca, silenceMs = 15_000, deadlineMs = 60_000 }: SmtpOptions): MailTransport {
  const { host, port, tls, user, password } = mailServerOf(url);
  const mailer = createTransport({
    pool: true,
    maxConnections: 3,
    host,
    port,
    secure: tls === 'at-once',
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'off',
    auth: user === null ? undefined : { user, pass: password ?? '' },
    tls: { minVersion: 'TLSv1.2', ...(ca && { ca }) },
    dnsTimeout: silenceMs,
    connectionTimeout: silenceMs,
    greetingTimeout: silenceMs,
    socketTimeout: silenceMs,
    // A text may look like a file or an address, and is neither.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // What goes wrong with a connection is told to whoever sends on it.
  mailer.on('error', () => undefined);
  let open = true;
  return {
    send: async (mail, signal) => {
      if (!open) throw new MailFailure('CLOSED');
      const message = messageOf(mail, from, host);
      const sending = withinDeadline(signal, deadlineMs, (until) => mailer.sendMail({ ...message, signal: until }));
      await sending.catch((error: unknown) => {
        throw failureOf(error);
      });
    },
    close: async () => {
      open = false;
      mailer.close();
    },
  };
}

function messageOf({ id, to, subject, text }: OutgoingMail, from: string, host: string) {
  return {
    from,
    // As an object it is one address, whatever commas are in it.
    to: { name: '', address: to },
    subject,
    text,
    messageId: `<${id}@${host}>`,
    // Nobody's holiday reply is wanted.
    headers: { 'auto-submitted': 'auto-generated' },
  };
}

/** As nodemailer calls it; `originalCode` is Node's or OpenSSL's, such as DEPTH_ZERO_SELF_SIGNED_CERT. */
type SmtpError = {
  readonly code?: string;
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly command?: string;
};

function failureOf(error: unknown): MailFailure {
  const { code = '', originalCode = '', responseCode: status = null, command } = error as SmtpError;
  if (code === 'EAUTH' || code === 'ENOAUTH') return new MailFailure('NOT_LET_IN', status);
  if (code === 'ETLS' || /CERT|^ERR_(TLS|SSL)_/.test(originalCode)) return new MailFailure('NOT_PRIVATE', status);
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return new MailFailure('UNREACHABLE', status);
  if (status !== null && status < 500) return new MailFailure('DEFERRED', status);
  return new MailFailure(command === 'MAIL FROM' ? 'SENDER_REFUSED' : 'REFUSED', status);
}
