import { MailFailure, type MailFailureReason, type MailTransport, type OutgoingMail } from './mail-transport.js';

export type MemoryMail = MailTransport & {
  /** What was taken, oldest first. */
  readonly sent: OutgoingMail[];
  /** Fails for this reason until told `null`. */
  fail(reason: MailFailureReason | null): void;
};

/** Keeps mails in memory, for tests. */
export function memoryMail(): MemoryMail {
  const sent: OutgoingMail[] = [];
  let failure: MailFailureReason | null = null;
  return {
    sent,
    fail: (reason) => {
      failure = reason;
    },
    send: async (mail, signal) => {
      if (signal.aborted) throw new MailFailure('UNREACHABLE');
      if (failure) throw new MailFailure(failure);
      sent.push(mail);
    },
    close: async () => {
      failure = 'CLOSED';
    },
  };
}
