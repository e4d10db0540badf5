import { newId } from '@apployd/core/id';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MailTransport, OutgoingMail } from './mail-transport.js';
import type { Arrived } from './testing/arrived.js';

export type MailBackend = {
  readonly transport: MailTransport;
  /** What arrived at the other side. */
  arrived(): Promise<readonly Arrived[]>;
  close(): Promise<void>;
};

const signal = () => new AbortController().signal;

/** What every transport keeps to. */
export function mailConformance(name: string, open: () => Promise<MailBackend>): void {
  describe(`mail through ${name}`, () => {
    let backend: MailBackend;
    beforeEach(async () => {
      backend = await open();
    });
    afterEach(async () => {
      await backend.transport.close();
      await backend.close();
    });

    const mail = (but: Partial<OutgoingMail> = {}): OutgoingMail => ({
      id: newId(),
      to: 'ada@example.com',
      subject: 'Verify your e-mail address',
      text: 'Open https://apployd.example.com/verify-email?token=abc to go on.\n',
      ...but,
    });
    const arrive = async (sent: OutgoingMail) => {
      await backend.transport.send(sent, signal());
      return (await backend.arrived()).at(-1);
    };

    test('a mail arrives whole, in any language, with dots, long lines and long links', async () => {
      const link = `https://apployd.example.com/reset-password?token=${'x'.repeat(200)}=`;
      const text = `Grüße, Ada 🚀\n\n.\n..begins with dots\n${'long '.repeat(300)}\n${link}\n`;
      const { to, subject } = mail({ subject: 'Größere Pläne für シーザー 🚀' });
      expect(await arrive(mail({ subject, text }))).toEqual({ to: [to], subject, text });
    });

    test('a mail goes to one address, whatever the address and the subject try', async () => {
      const tries = [
        mail({ to: 'ada@example.com, eve@example.com' }),
        mail({ to: 'ada@example.com\r\nBcc: eve@example.com' }),
        mail({ subject: 'Hello\r\nBcc: eve@example.com' }),
      ];
      for (const sent of tries) await backend.transport.send(sent, signal()).catch(() => undefined);
      for (const { to } of await backend.arrived()) {
        expect(to).toHaveLength(1);
        expect(to).not.toEqual(['eve@example.com']);
      }
    });

    test('many mails at once all arrive, once each', async () => {
      const subjects = Array.from({ length: 20 }, (_, index) => `Number ${index}`);
      await Promise.all(subjects.map((subject) => backend.transport.send(mail({ subject }), signal())));
      const arrived = (await backend.arrived()).map(({ subject }) => subject);
      expect(arrived.sort()).toEqual(subjects.sort());
    });

    test('a mail whose signal has fired is not sent', async () => {
      const sending = backend.transport.send(mail(), AbortSignal.abort(new Error('The worker closes.')));
      await expect(sending).rejects.toMatchObject({ name: 'MailFailure', isFinal: false });
      expect(await backend.arrived()).toEqual([]);
    });

    test('after its end a transport takes nothing, and may be ended again', async () => {
      await backend.transport.close();
      await backend.transport.close();
      await expect(backend.transport.send(mail(), signal())).rejects.toMatchObject({
        reason: 'CLOSED',
        isFinal: false,
      });
      expect(await backend.arrived()).toEqual([]);
    });
  });
}
