import { text } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Arrived } from './arrived.js';
import { localhostCertificate } from './localhost-certificate.js';

export type MailServer = {
  readonly port: number;
  /** Source text of what was taken, with its envelope. */
  readonly taken: { readonly to: readonly string[]; readonly source: string }[];
  /** Names and passwords that were tried. */
  readonly tried: string[];
  arrived(): Promise<Arrived[]>;
  close(): Promise<void>;
};

export const account = { user: 'apployd', password: 'hunter22' };

/** A mail server on a port of its own that lets in `account`, after STARTTLS unless told otherwise. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const taken: MailServer['taken'] = [];
  const tried: string[] = [];
  const server = new SMTPServer({
    ...localhostCertificate,
    logger: false,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) => {
      tried.push(`${username} ${password}`);
      if (username === account.user && password === account.password) return done(null, { user: username });
      return done(new Error('Wrong.'));
    },
    onData: (stream, { envelope }, done) => {
      void text(stream).then((source) => {
        taken.push({ to: envelope.rcptTo.map(({ address }) => address), source });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as { port: number }).port,
    taken,
    tried,
    arrived: () => Promise.all(taken.map(async ({ to, source }) => ({ to, ...(await parse(source)) }))),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function parse(source: string) {
  const { subject = '', text: body = '' } = await PostalMime.parse(source);
  return { subject, text: body.replaceAll('\r\n', '\n') };
}
