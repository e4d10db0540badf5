import { createServer } from 'node:net';
import { newId } from '@apployd/core/id';
import { afterEach, describe, expect, test } from 'vitest';
import { createLogger } from '../log/logger.js';
import { mailConformance } from './mail-transport.conformance.js';
import type { Arrived } from './testing/arrived.js';
import type { MailFailure } from './mail-transport.js';
import { memoryMail } from './memory.js';
import { printMail } from './print.js';
import { smtpMail, type SmtpOptions } from './smtp.js';
import { localhostCertificate } from './testing/localhost-certificate.js';
import { account, mailServer, type MailServer } from './testing/mail-server.js';

const from = 'Apployd <no-reply@example.com>';
const { cert: ca } = localhostCertificate;
const credentials = `${account.user}:${account.password}`;
const signal = () => new AbortController().signal;
const mail = () => ({
  id: newId(),
  to: 'ada@example.com',
  subject: 'Reset',
  text: 'https://example.com/?token=s3cret',
});

mailConformance('memory', async () => {
  const transport = memoryMail();
  const arrived = async () => transport.sent.map(({ to, subject, text }) => ({ to: [to], subject, text }));
  return { transport, arrived, close: async () => undefined };
});

mailConformance('the log', async () => {
  const lines: string[] = [];
  const log = createLogger({
    name: 'mail',
    level: 'info',
    format: 'json',
    showsLinks: true,
    write: (line) => void lines.push(line),
  });
  const arrived = async () => lines.map((line) => readPrinted((JSON.parse(line) as { msg: string }).msg));
  return { transport: printMail(log), arrived, close: async () => undefined };
});

function readPrinted(message: string): Arrived {
  const [, to = '', subject = '', text = ''] =
    /^A mail to (.*), which is .* not set: (.*?)\n\n(.*)$/s.exec(message) ?? [];
  return { to: [to], subject, text };
}

mailConformance('a mail server, with STARTTLS and a password', async () => {
  const server = await mailServer();
  const url = `smtp://${credentials}@localhost:${server.port}?tls=required`;
  return { transport: smtpMail({ url, from, ca }), ...server };
});

mailConformance('a mail server that encrypts from the first byte', async () => {
  const server = await mailServer({ secure: true });
  return { transport: smtpMail({ url: `smtps://${credentials}@localhost:${server.port}`, from, ca }), ...server };
});

describe('a mail server', () => {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  async function send(server: MailServer, options: Partial<SmtpOptions> & { url: string }) {
    const transport = smtpMail({ from, ca, ...options });
    opened.push(server.close, transport.close);
    return transport.send(mail(), signal()).then(
      () => null,
      (error: unknown) => error as MailFailure,
    );
  }

  test('hears who it is from, that it is automatic, and the same id when the mail comes again', async () => {
    const server = await mailServer();
    const transport = smtpMail({ url: `smtp://${credentials}@localhost:${server.port}?tls=required`, from, ca });
    opened.push(server.close, transport.close);
    const sent = mail();
    await transport.send(sent, signal());
    await transport.send(sent, signal());
    const ids = server.taken.map(({ source }) => /^Message-ID: (.*)$/im.exec(source)?.[1]);
    expect(ids).toEqual([`<${sent.id}@localhost>`, `<${sent.id}@localhost>`]);
    expect(server.taken[0]?.source).toMatch(/^From: Apployd <no-reply@example\.com>\r$/m);
    expect(server.taken[0]?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  });

  test('that does not know the password ends in NOT_LET_IN, to be tried again', async () => {
    const server = await mailServer();
    const failure = await send(server, { url: `smtp://apployd:wrong@localhost:${server.port}?tls=required` });
    expect(failure).toMatchObject({ name: 'MailFailure', reason: 'NOT_LET_IN', isFinal: false });
    expect(failure?.message).not.toContain('wrong');
    expect(server.taken).toEqual([]);
  });

  test('without encryption is told neither the password nor the mail', async () => {
    const server = await mailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
    const failure = await send(server, { url: `smtp://${credentials}@localhost:${server.port}?tls=required` });
    expect(failure).toMatchObject({ reason: 'NOT_PRIVATE', isFinal: false });
    expect([server.tried, server.taken]).toEqual([[], []]);
  });

  test.each([
    ['smtp', '?tls=required'],
    ['smtps', ''],
  ])('of %s whose certificate nobody vouches for is told nothing', async (scheme, parameters) => {
    const server = await mailServer({ secure: scheme === 'smtps' });
    const url = `${scheme}://${credentials}@localhost:${server.port}${parameters}`;
    expect(await send(server, { url, ca: undefined })).toMatchObject({ reason: 'NOT_PRIVATE', isFinal: false });
    expect([server.tried, server.taken]).toEqual([[], []]);
  });

  test('on this machine needs neither encryption nor a password', async () => {
    const server = await mailServer({ authOptional: true, hideSTARTTLS: true });
    expect(await send(server, { url: `smtp://localhost:${server.port}` })).toBeNull();
    expect(await server.arrived()).toMatchObject([{ to: ['ada@example.com'] }]);
  });

  test.each([
    [550, 'REFUSED', true],
    [451, 'DEFERRED', false],
  ] as const)('that answers %i to the address ends in %s', async (responseCode, reason, isFinal) => {
    const server = await mailServer({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('No such person.'), { responseCode })),
    });
    const url = `smtp://${credentials}@localhost:${server.port}?tls=required`;
    expect(await send(server, { url })).toMatchObject({ reason, isFinal, status: responseCode });
  });

  test('that lets nothing come from the sender leads to another try, when the operator may have mended it', async () => {
    const server = await mailServer({
      onMailFrom: (_address, _session, done) => done(Object.assign(new Error('Not you.'), { responseCode: 553 })),
    });
    const url = `smtp://${credentials}@localhost:${server.port}?tls=required`;
    expect(await send(server, { url })).toMatchObject({ reason: 'SENDER_REFUSED', isFinal: false });
  });

  test('that quotes the mail in its refusal is not quoted', async () => {
    const server = await mailServer({
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on('end', () => done(Object.assign(new Error('Spam: token=s3cret'), { responseCode: 554 })));
      },
    });
    const failure = await send(server, { url: `smtp://${credentials}@localhost:${server.port}?tls=required` });
    expect(failure).toMatchObject({ reason: 'REFUSED', status: 554 });
    expect(`${failure?.message} ${failure?.stack} ${JSON.stringify(failure)}`).not.toContain('s3cret');
    expect(failure?.cause).toBeUndefined();
  });

  test('that is not there, or says nothing, ends in UNREACHABLE', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const transport = smtpMail({ url: `smtp://localhost:${port}`, from, silenceMs: 100 });
    opened.push(transport.close);
    await expect(transport.send(mail(), signal())).rejects.toMatchObject({ reason: 'UNREACHABLE', isFinal: false });
    await new Promise((resolve) => silent.close(resolve));
    await expect(transport.send(mail(), signal())).rejects.toMatchObject({ reason: 'UNREACHABLE', isFinal: false });
  });

  test('that never says whether it has the mail ends in UNREACHABLE', async () => {
    const server = await mailServer({ onData: (stream) => void stream.resume(), authOptional: true });
    const url = `smtp://localhost:${server.port}`;
    expect(await send(server, { url, deadlineMs: 300 })).toMatchObject({ reason: 'UNREACHABLE' });
  });
});
